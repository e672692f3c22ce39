import { join } from "node:path";
import { messageOf } from "../base/errors.js";
import { compareText } from "../base/json.js";
import { Aside } from "./aside.js";
import { GraphError, InterruptedError } from "./errors.js";
import { Graph } from "./graph.js";
import { refuseBusy, takeLock } from "./guard.js";
import type { StageNode } from "./node.js";
import { ParamFiles } from "./paramValues.js";
import type { Project } from "./project.js";
import { checkoutOutputs, fetchOutputs, MissingObjects, trackedOutputs } from "./remote.js";
import { stageInGit } from "./save.js";
import { type Console, Sections } from "./section.js";
import { Children } from "./shell.js";
import { reproduceStage, type StageResult } from "./stageRun.js";
import { findStages } from "./targets.js";
import { shellQuote } from "./template.js";

/** DVC's options of `repro`, and `jobs`: how many stages may run at the same time. */
export interface ReproOptions {
  readonly targets: readonly string[];
  readonly force: boolean;
  readonly single: boolean;
  readonly downstream: boolean;
  readonly keepGoing: boolean;
  readonly ignoreErrors: boolean;
  readonly dry: boolean;
  readonly commit: boolean;
  readonly runCache: boolean;
  readonly allowMissing: boolean;
  readonly pull: boolean;
  readonly jobs: number;
}

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
    if (!options.dry) Aside.recover(join(project.ownFolder(), "aside"));
    const graph = options.single ? undefined : Graph.of(project.nodes(), project.cwd);
    const plan = planOf(project, graph, options);
    // A lock that cannot be read is a fault of the project, not of a stage: it is found before anything runs.
    for (const node of plan) if (node.kind === "stage") project.lock(node);
    refuseBusy(
      project,
      plan.flatMap((node) => node.deps.map((dep) => dep.absolute)),
      plan.flatMap((node) => node.outs.map((out) => out.absolute)),
    );
    if (options.pull) await pullMissing(plan, project);
    await new Run(project, plan, graph, options, console, children).all();
  } finally {
    for (const signal of ENDING) process.off(signal, interrupt);
    project.saveState();
    release();
  }
}

function planOf(project: Project, graph: Graph | undefined, options: ReproOptions): StageNode[] {
  const targets = findStages(options.targets, project);
  if (graph === undefined) return targets;
  return options.downstream ? graph.downstream(targets) : graph.order(targets);
}

/** `--pull`: bring recorded outputs that are missing here from the remotes; what no remote has stays missing. */
async function pullMissing(plan: readonly StageNode[], project: Project): Promise<void> {
  const sources = trackedOutputs(
    plan.filter((node) => node.kind === "data"),
    project,
  );
  fetchOutputs(sources, project);
  const absent: typeof sources = [];
  for (const each of sources)
    if ((await project.hasher.hash(each.out.absolute)) === undefined) absent.push(each);
  try {
    await checkoutOutputs(absent, project);
  } catch (cause) {
    if (!(cause instanceof MissingObjects)) throw cause; // the stage itself says what is missing
  }
  fetchOutputs(
    trackedOutputs(
      plan.filter((node) => node.kind === "stage"),
      project,
    ),
    project,
  );
}

type State = "waiting" | "running" | "done" | "failed" | "left out";

class Run {
  private readonly state = new Map<StageNode, State>();
  private readonly sections: Sections;
  private readonly params: ParamFiles;
  private readonly failures: { readonly index: number; readonly node: StageNode; readonly cause: unknown }[] =
    [];
  /** Of a dry run: stages that would be processed, or may be because of those. */
  private readonly wouldRun = new Set<StageNode>();
  private readonly changedFiles = new Set<string>();
  private processed = 0;
  private lastProcessed = false;

  constructor(
    private readonly project: Project,
    private readonly plan: readonly StageNode[],
    private readonly graph: Graph | undefined,
    private readonly options: ReproOptions,
    private readonly console: Console,
    private readonly children: Children,
  ) {
    this.params = new ParamFiles(project.yaml.read);
    // An empty line stands between a stage that was processed and the next one that has something to say.
    this.sections = new Sections(plan.length, console, () => (this.lastProcessed ? "\n" : ""));
    for (const node of plan) this.state.set(node, "waiting");
  }

  async all(): Promise<void> {
    const running = new Map<number, Promise<void>>();
    for (;;) {
      for (let i = 0; i < this.plan.length && running.size < this.jobs; i++) {
        if (this.state.get(this.plan[i]) !== "waiting" || !this.mayStart(i)) continue;
        this.state.set(this.plan[i], "running");
        running.set(
          i,
          this.one(i).finally(() => running.delete(i)),
        );
      }
      if (running.size === 0) break;
      await Promise.race(running.values());
    }
    this.finish();
  }

  /** A dry run looks only, and `-s` has no graph to order by: both go one by one. */
  private get jobs(): number {
    return this.graph === undefined || this.options.dry ? 1 : this.options.jobs;
  }

  /** Everything it needs is there, and one job would have come this far. */
  private mayStart(index: number): boolean {
    if (this.children.interrupted) return false;
    const first = this.failures.reduce(
      (least, failure) => Math.min(least, failure.index),
      Number.POSITIVE_INFINITY,
    );
    if (index > first && !this.options.keepGoing && !this.options.ignoreErrors) return false;
    return this.producers(this.plan[index]).every((node) => {
      const state = this.state.get(node);
      return state === "done" || (state === "failed" && this.options.ignoreErrors);
    });
  }

  private producers(node: StageNode): StageNode[] {
    return (this.graph?.producersOf(node) ?? []).filter((producer) => this.state.has(producer));
  }

  private async one(index: number): Promise<void> {
    const node = this.plan[index];
    const { force, dry, runCache, commit, allowMissing } = this.options;
    try {
      const result = await reproduceStage(node, {
        project: this.project,
        params: this.params,
        children: this.children,
        force,
        dry,
        inputsMayChange: dry && this.producers(node).some((producer) => this.wouldRun.has(producer)),
        runCache,
        commit,
        allowMissing,
        write: (text, to = "stdout") => this.sections.write(index, text, to),
      });
      this.state.set(node, "done");
      if (dry && result.processed) this.wouldRun.add(node);
      this.sections.close(index, () => this.record(result));
    } catch (cause) {
      this.state.set(node, "failed");
      this.failures.push({ index, node, cause });
      if (!(cause instanceof InterruptedError) && (this.options.keepGoing || this.options.ignoreErrors)) {
        this.goOn(index, cause);
      }
    }
  }

  private record(result: StageResult): void {
    for (const file of result.record()) this.changedFiles.add(file);
    this.lastProcessed = result.processed;
    if (result.processed) this.processed++;
  }

  /** After a failure with `-k`: what depends on the stage is left out. With `--ignore-errors` it is not. */
  private goOn(index: number, cause: unknown): void {
    const skipped: number[] = [];
    if (this.options.keepGoing) {
      const lost = new Set([this.plan[index]]);
      this.plan.forEach((node, i) => {
        if (
          this.state.get(node) !== "waiting" ||
          !this.producers(node).some((producer) => lost.has(producer))
        )
          return;
        lost.add(node);
        this.state.set(node, "left out");
        skipped.push(i);
      });
    }
    const ignored = this.options.keepGoing ? "" : " (ignored)";
    this.sections.write(index, `WARNING: ${messageOf(cause)}${ignored}\n`, "stderr");
    if (skipped.length > 0) {
      const names = quotedList(skipped.map((i) => this.plan[i].address));
      const stages = skipped.length > 1 ? "Stages" : "Stage";
      this.sections.write(
        index,
        `WARNING: ${stages} ${names} will be skipped due to this failure\n`,
        "stderr",
      );
    }
    this.sections.close(index, () => undefined);
    for (const i of skipped) this.sections.close(i, () => undefined);
  }

  private finish(): void {
    if (this.children.interrupted) throw new InterruptedError("interrupted by the user");
    const failures = [...this.failures].sort((a, b) => a.index - b.index);
    if (failures.length > 0 && this.options.keepGoing) {
      const names = failures.map((failure) => failure.node.address);
      const list = quotedList(names);
      throw new GraphError(`failed to reproduce ${names.length > 1 ? `stages: ${list}` : list}`);
    }
    if (failures.length > 0 && !this.options.ignoreErrors) {
      const { node, cause } = failures[0];
      throw new GraphError(`failed to reproduce '${node.address}': ${messageOf(cause)}`, { cause });
    }
    this.say();
  }

  private say(): void {
    const files = [...this.changedFiles].map((file) => this.project.show(file)).sort(compareText);
    if (files.length > 0 && this.project.gitRoot !== undefined) {
      if (this.project.config.flag("core", "autostage")) stageInGit([...this.changedFiles], this.project);
      else this.console.write(gitHint(files), "stdout");
    }
    this.console.write(
      this.processed > 0
        ? "Use `dvc push` to send your updates to remote storage.\n"
        : "Data and pipelines are up to date.\n",
      "stdout",
    );
  }
}

/** DVC's advice after files that Git should track were written. */
export function gitHint(files: readonly string[]): string {
  return (
    `\nTo track the changes with git, run:\n\n\tgit add ${files.map(shellQuote).join(" ")}\n\n` +
    "To enable auto staging, run:\n\n\tdvc config core.autostage true\n"
  );
}

function quotedList(names: readonly string[]): string {
  const quoted = names.map((name) => `'${name}'`);
  return quoted.length < 2 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")} and ${quoted.at(-1)}`;
}
