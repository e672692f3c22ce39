import { existsSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { UsageError } from "../base/errors.js";
import { localPath } from "../base/files.js";
import { missingDataset } from "../dataset/files.js";
import { GraphError } from "../pipeline/errors.js";
import type { Again, ParamsChange } from "../pipeline/paramEdit.js";
import type { Params } from "../pipeline/params.js";
import type { Project } from "../pipeline/project.js";
import type { ReproOptions } from "../pipeline/repro.js";
import type { RunSettings } from "../pipeline/runFolder.js";
import type { Command } from "./command.js";
import { confirm } from "./dataVerb.js";
import { graphVerb, type OptionSpec, type Options, warnLine } from "./graphVerb.js";
import { terminalConsole } from "./terminal.js";

/** More stages at once than this only compete for memory. */
const MOST_JOBS = 8;

const help = `Bring the outputs of dvc.yaml up to date: run what has changed, restore what was computed before, skip the rest.

usage: nidslab repro [options] [targets...]

targets: a stage (train@site-forest), a group (train), a file (path/dvc.yaml, data.dvc); none: everything

  -f, --force              run even what has not changed
  -s, --single-item        only the named stages, nothing that they need
  --downstream             the named stages and everything that depends on them
  --force-downstream       once a stage has run, run what depends on it directly, changed or not
  -p, --pipeline           everything that is connected with the named stages
  -P, --all-pipelines      every stage of the project
  -R, --recursive          a target may be a folder: all stages below it
  --glob                   targets are patterns on names of stages (train@*)
  -i, --interactive        ask before each stage that would run
  -k, --keep-going         after a failure go on with what does not depend on it
  --ignore-errors          go on after a failure, even with what depends on it
  --dry                    show what would run
  -j, --jobs N             stages that run at the same time (default: one a core, at most ${MOST_JOBS})
  -S, --set-param [FILE:]K=V  change a value of params.yaml (or FILE) first, only its own bytes; may be repeated:
                           a.b=1 changes, +a.b=1 adds, ++a.b=1 either, ~a.b deletes
  --pull                   bring missing data from the remotes first
  --no-commit              write dvc.lock, but nothing into the cache
  --no-run-cache           do not restore earlier runs
  --allow-missing          outputs that are not here do not count as changes
  --profile                a V8 CPU profile (.cpuprofile) of every stage that runs node, in the run's folder
  --summary                end with the comparison table and where the report is
  -q, --quiet              only what the commands print, warnings and errors
  --cd FOLDER              as if called in FOLDER

A run that processes a stage leaves a folder under runs/ (params, Git state, dvc.lock, metrics, a log per stage).

exit: 0 done, 255 failed, 254 wrong usage, 253 not in a project, 252 interrupted
example: nidslab repro -S models.forest.trees=200 report`;

/** Options of `repro` that `exp run` has too. */
export const reproOptions: OptionSpec = [
  "-f|--force",
  "-s|--single-item",
  "--downstream",
  "--force-downstream",
  "-p|--pipeline",
  "-P|--all-pipelines",
  "-R|--recursive",
  "--glob",
  "-i|--interactive",
  "-k|--keep-going",
  "--ignore-errors",
  "--dry",
  "-j|--jobs=",
  "-S|--set-param=",
  "--pull",
  "--no-commit",
  "--no-run-cache",
  "--allow-missing",
  "--profile",
  "-q|--quiet",
];

export const command: Command = {
  summary: "run what has changed: ingest, split, features, train, eval, report, notebooks",
  help,
  run: (args) =>
    graphVerb(args, [...reproOptions, "--summary"], help, async (options, open) => {
      const project = await reproduce(options, open, { kind: "repro", command: ["repro", ...args] });
      if (options.has("summary")) process.stdout.write(summary(project));
      return 0;
    }),
};

/**
 * Apply `-S`, run what has changed, and leave a run folder.
 * @returns the project as it was opened after `-S`
 */
export async function reproduce(
  options: Options,
  open: () => Project,
  run: Omit<RunSettings, "profile">,
): Promise<Project> {
  const jobs = jobsOf(options);
  const [{ repro }, { takeLock }, { RunFolder }] = await Promise.all([
    import("../pipeline/repro.js"),
    import("../pipeline/guard.js"),
    import("../pipeline/runFolder.js"),
  ]);
  let project = open();
  let changed: ParamsChange = { files: [], text: "", undo: () => undefined };
  let params: Params | undefined;
  // Another run must not find its params.yaml changed.
  const release = options.has("set-param") ? takeLock(project) : () => undefined;
  try {
    if (options.has("set-param")) {
      const { setParams } = await import("../pipeline/paramEdit.js");
      const again = againOf(options, project, run.kind);
      changed = setParams(options.all("set-param"), [project.cwd, project.root], again);
      project = open();
    }
    params = await checkParams(project);
  } catch (cause) {
    changed.undo();
    release();
    throw cause;
  }
  process.stdout.write(changed.text);
  const recorder = options.has("dry")
    ? undefined
    : new RunFolder(project, { ...run, profile: options.has("profile") }, warnLine);
  const console = terminalConsole(options.has("quiet"));
  try {
    await repro(
      project,
      {
        targets: options.targets,
        force: options.has("force"),
        single: options.has("single-item"),
        downstream: options.has("downstream"),
        forceDownstream: options.has("force-downstream"),
        pipeline: options.has("pipeline"),
        allPipelines: options.has("all-pipelines"),
        recursive: options.has("recursive"),
        glob: options.has("glob"),
        ...(options.has("interactive") ? { confirm } : {}),
        keepGoing: options.has("keep-going"),
        ignoreErrors: options.has("ignore-errors"),
        dry: options.has("dry"),
        commit: !options.has("no-commit"),
        runCache: !options.has("no-run-cache"),
        allowMissing: options.has("allow-missing"),
        pull: options.has("pull"),
        jobs,
        recorder,
        lacking: await engineCheck(params),
      },
      console,
    );
    await recorder?.finish();
  } catch (cause) {
    await recorder?.finish(cause);
    throw withHint(cause, params, project, recorder?.failedLogs ?? []);
  } finally {
    console.close();
    // A dry run changes nothing, params.yaml neither.
    if (options.has("dry") && changed.files.length > 0) {
      changed.undo();
      const names = changed.files.map(({ path }) => project.show(path)).join(", ");
      process.stdout.write(`${names} ${changed.files.length > 1 ? "are as they were" : "is as it was"}.\n`);
    }
    release();
  }
  return project;
}

/** Options that choose what runs, and where. */
const CHOOSING = [
  "single-item",
  "downstream",
  "force-downstream",
  "pipeline",
  "all-pipelines",
  "recursive",
  "glob",
];

/** The same call without what it changes; of an experiment, too, a plain `repro`: undoing is none. */
function againOf(options: Options, project: Project, kind: RunSettings["kind"]): Again {
  const hasBin = ["bin/nidslab", "node_modules/.bin/nidslab"].some((path) =>
    existsSync(join(project.root, path)),
  );
  const folder = options.value("cd");
  return {
    words: [
      ...(hasBin ? ["npx"] : []),
      "nidslab",
      "repro",
      ...(folder === undefined ? [] : ["--cd", folder]),
      ...CHOOSING.filter((name) => options.has(name)).map((name) => `--${name}`),
    ],
    targets: options.targets,
    ...(kind === "exp" ? { stays: "the experiment itself" } : {}),
  };
}

function jobsOf(options: Options): number {
  const text = options.value("jobs");
  if (text === undefined) return Math.min(MOST_JOBS, availableParallelism());
  if (!/^[1-9]\d{0,2}$/.test(text))
    throw new UsageError(`argument -j/--jobs: expected 1 to 999, found '${text}'`);
  return Number(text);
}

/** A project of this kit has its params.yaml checked before anything runs; another one's is its own business. */
async function checkParams(project: Project): Promise<Params | undefined> {
  const isOurs = project
    .nodes()
    .some((node) => typeof node.cmd === "string" && /^(\.\/)?bin\/nidslab run-stage /.test(node.cmd));
  if (!isOurs) return undefined;
  const { readParams } = await import("../pipeline/params.js");
  return readParams(join(project.root, "params.yaml"));
}

/** Of a project of this kit: which engines each stage would fail without. */
async function engineCheck(params: Params | undefined): Promise<ReproOptions["lacking"]> {
  if (params === undefined) return undefined;
  const { enginesLacking } = await import("../pipeline/stageEngines.js");
  return (node) => enginesLacking(node, params);
}

/** The graph only says that a file is not there; where the dataset is missing, what to do stands below, and so do logs. */
function withHint(
  cause: unknown,
  params: Params | undefined,
  project: Project,
  logs: readonly string[],
): unknown {
  if (!(cause instanceof GraphError) || cause.exitCode !== 255) return cause;
  const path = params?.dataset.path;
  const isThere = path === undefined || existsSync(localPath(resolve(project.root, path)));
  const hints = [...(isThere ? [] : [missingDataset(path)]), ...logs.map((log) => `log: ${log}`)];
  return hints.length === 0 ? cause : new GraphError([cause.message, ...hints].join("\n"), { cause });
}

/** The comparison table, and where the report is. */
function summary(project: Project): string {
  const table = join(project.root, "reports", "comparison.md");
  const report = join(project.root, "reports", "report.html");
  return [
    existsSync(table) ? `\n${readFileSync(table, "utf8").trimEnd()}\n` : "",
    existsSync(report) ? `\nThe report: ${project.show(report)} (open it in a browser)\n` : "",
  ].join("");
}
