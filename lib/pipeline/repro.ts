import { GraphError } from "./errors.js";
import { Graph } from "./graph.js";
import { takeLock } from "./guard.js";
import { lackOf } from "./lacking.js";
import type { StageNode } from "./node.js";
import { planOf, type Selection } from "./plan.js";
import type { Project } from "./project.js";
import { pullRuns } from "./pullStage.js";
import { undoKilled } from "./recovery.js";
import { Run } from "./run.js";
import type { RunRecorder } from "./runFolder.js";
import type { Console } from "./section.js";
import { Children } from "./shell.js";

/** DVC's options of `repro`, and `jobs`: how many stages may run at the same time. */
export interface ReproOptions extends Selection {
  readonly force: boolean;
  /** Once a stage has run, what depends on it directly is forced. */
  readonly forceDownstream: boolean;
  /** Asked before each stage that would be processed: false ends the run. */
  readonly confirm?: (question: string) => boolean;
  readonly keepGoing: boolean;
  readonly ignoreErrors: boolean;
  readonly dry: boolean;
  readonly commit: boolean;
  readonly runCache: boolean;
  readonly allowMissing: boolean;
  readonly pull: boolean;
  readonly jobs: number;
  /** Engines that a stage's command would fail without; asked before anything runs, unless the run goes on after failures. */
  readonly lacking?: (node: StageNode) => readonly string[];
  /** Who is told what becomes of each stage. */
  readonly recorder?: RunRecorder;
}

/** What `repro` does without options, one stage at a time. */
export const plainRepro: ReproOptions = {
  targets: [],
  force: false,
  single: false,
  downstream: false,
  forceDownstream: false,
  pipeline: false,
  allPipelines: false,
  recursive: false,
  glob: false,
  keepGoing: false,
  ignoreErrors: false,
  dry: false,
  commit: true,
  runCache: true,
  allowMissing: false,
  pull: false,
  jobs: 1,
};

/** Ctrl-C, a plain kill, and a terminal that is closed. */
const ENDING = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Bring stages up to date, in DVC's order. Independent stages run at the same time; what is printed and the order of the
 * lock's entries are those of a run with one job.
 * @throws GraphError for the first failure in that order (with `keepGoing` after everything else has run)
 */
export async function repro(project: Project, options: ReproOptions, console: Console): Promise<void> {
  const release = options.dry ? () => undefined : takeLock(project);
  const children = new Children();
  const interrupt = (): void => children.interrupt();
  for (const signal of ENDING) process.on(signal, interrupt);
  try {
    if (!options.dry) undoKilled(project, (line) => console.write(`WARNING: ${line}\n`, "stderr"));
    const isSingle = options.single && !options.pipeline && !options.allPipelines;
    const graph = isSingle ? undefined : Graph.of(project.nodes(), project.cwd);
    const plan = planOf(project, graph, options);
    // A lock that cannot be read is a fault of the project, not of a stage: it is found before anything runs.
    for (const node of plan) if (node.kind === "stage") project.lock(node);
    project.pathLocks.refuseBusy(
      plan.flatMap((node) => node.deps.map((dep) => dep.absolute)),
      plan.flatMap((node) => node.outs.map((out) => out.absolute)),
    );
    if (options.pull && options.runCache && !options.dry) pullRuns(project);
    const lack = await lackOf(plan, graph, project, options);
    if (lack !== undefined && !options.dry) throw new GraphError(lack);
    if (lack !== undefined) console.write(`WARNING: ${lack}\n`, "stderr");
    await new Run(project, plan, graph, options, console, children).all();
  } finally {
    for (const signal of ENDING) process.off(signal, interrupt);
    project.saveState();
    release();
  }
}
