import { UsageError } from "../base/errors.js";
import { didYouMean } from "../base/nearest.js";
import { GraphError } from "../pipeline/errors.js";
import { listExperiments, stateJson } from "../pipeline/experimentList.js";
import { gitRootOf, nameExperiment, storeExperiment } from "../pipeline/experiments.js";
import { git } from "../pipeline/gitFiles.js";
import { Project } from "../pipeline/project.js";
import { WORKSPACE, withRevisions } from "../pipeline/reporting/revision.js";
import { cellText, changesBetween, readMetrics } from "../pipeline/reporting/values.js";
import { pythonJson } from "../pipeline/yaml/value.js";
import type { Command } from "./command.js";
import { experimentTable } from "./expTable.js";
import { graphVerb, type Options, warnLine } from "./graphVerb.js";
import { page } from "./pager.js";
import { reproduce, reproOptions } from "./repro.js";
import { textTable } from "./textTable.js";

const help = `Run an experiment and keep its result in Git, or show the table of experiments.

usage: nidslab exp run [options] [targets...]
       nidslab exp show [options]

run: change params, run what has changed, and keep the result as DVC does (refs/exps/…), so that dvc exp show, apply
and branch find it. HEAD and the index stay as they are. Options of repro (nidslab repro --help), and
  -n, --name NAME          its name (default: an adjective and a noun, by its content)
  -S, --set-param [FILE:]K=V  a.b=1 changes, +a.b=1 adds, ++a.b=1 either, ~a.b deletes; may be repeated
  -m, --message TEXT       of the commit
  -f, --force              run even what has not changed, and replace an experiment of that name

show: the workspace, HEAD and its experiments, with metrics, params and dependencies
  --json, --csv, --md      in that form (JSON as dvc exp show has it)
  --only-changed           only columns that differ
  --sort-by COLUMN         experiments by a metric or param; --sort-order asc|desc
  --keep REGEX, --drop REGEX  columns to keep, to leave out
  --precision N            significant digits (default 5)
  --rev REV, -n, --num N   commits to show: of REV, the newest N
  -a, --all-branches  -T, --all-tags  -A, --all-commits
  --hide-workspace         without the workspace
  --param-deps             only params that stages depend on
  --sha                    commits by their hash, not by name
  --no-pager               the whole table, not through DVC_PAGER, PAGER or less (only a terminal has a pager)
  --hide-queued, --hide-failed  as in DVC; here they change nothing
  --cd FOLDER              as if called in FOLDER

example: nidslab exp run -n deep -S models.forest.trees=400 && nidslab exp show --only-changed`;

const QUEUE = ["--queue", "--run-all", "--temp", "-C|--copy-paths="];

export const command: Command = {
  summary: "run an experiment and keep it in Git, show the table of experiments (exp run, exp show)",
  help,
  run: (args) => {
    const [what, ...rest] = args;
    if (what === "run") {
      const spec = [...reproOptions, "-n|--name=", "-m|--message=", "-M=", "--no-hydra", ...QUEUE];
      return graphVerb(rest, spec, help, (options, open) => run(options, open, args));
    }
    if (what === "show") return graphVerb(rest, showOptions, help, show);
    return graphVerb(what?.startsWith("-") ? args : [], [], help, async () => {
      const verbs = ["run", "show"];
      throw new UsageError(
        `exp: expected "run" or "show", found ${what === undefined ? "nothing" : `"${what}".${didYouMean(what, verbs)} What else DVC has (list, apply, branch, remove, push, …) works on the same experiments: dvc exp ${what}`}.`,
      );
    });
  },
};

async function run(options: Options, open: () => Project, args: readonly string[]): Promise<number> {
  for (const option of ["queue", "run-all", "temp", "copy-paths"]) {
    if (options.has(option)) {
      throw new UsageError(
        `--${option} is not supported by nidslab: it has no queue. Run the experiments one after the other, or use \`dvc exp run --${option}\`.`,
      );
    }
  }
  const before = open();
  if (before.config.flag("hydra", "enabled") && !options.has("no-hydra"))
    throw new GraphError(
      "hydra.enabled in .dvc/config is not supported by nidslab. Use --no-hydra, or dvc exp run.",
    );
  const gitRoot = gitRootOf(before);
  const baseline = (git(gitRoot, ["rev-parse", "HEAD"]) ?? "").trim();
  const difference = git(gitRoot, ["diff", "HEAD"]) ?? "";
  const content = [baseline, difference, ...options.all("set-param"), ...options.targets];
  const name = nameExperiment(gitRoot, baseline, options.value("name"), content, options.has("force"));
  process.stdout.write(`Reproducing experiment '${name}'\n`);
  process.env.DVC_EXP_NAME = name;
  process.env.DVC_EXP_BASELINE_REV = baseline;
  const project = await reproduce(options, open, { kind: "exp", name, command: ["exp", ...args] });
  if (options.has("dry")) return 0;
  const message = options.value("message") ?? options.value("M");
  storeExperiment(project, { name, baseline, ...(message === undefined ? {} : { message }) });
  process.stdout.write(metricsTable(project));
  process.stdout.write(
    `\nRan experiment(s): ${name}\nExperiment results have been applied to your workspace.\n`,
  );
  return 0;
}

/** An experiment ends with so many metrics; the rest has a verb of its own. */
const MOST_METRICS = 12;

/** Metrics that differ from HEAD's, the first of them. */
function metricsTable(project: Project): string {
  return withRevisions(project, (revisions) => {
    const [old, now] = ["HEAD", WORKSPACE].map((name) => readMetrics(revisions.open(name), []));
    const changes = changesBetween(old, now, false);
    const rows = changes
      .slice(0, MOST_METRICS)
      .map(({ file, name, old: before, now: after, diff }) => [
        file,
        name,
        ...[before, after, diff].map((value) => cellText(value, 5)),
      ]);
    const table = textTable(["Path", "Metric", "HEAD", "workspace", "Change"], rows);
    const left = changes.length - rows.length;
    const more = left === 0 ? "" : `… ${left} more: nidslab metrics diff\n`;
    return table === "" ? "\nThe metrics are those of HEAD.\n" : `\n${table}${more}`;
  });
}

const showOptions = [
  "--json",
  "--csv",
  "--md",
  "--only-changed",
  "--sort-by=",
  "--sort-order=",
  "--keep=",
  "--drop=",
  "--precision=",
  "--rev=",
  "-n|--num=",
  "-a|--all-branches",
  "-T|--all-tags",
  "-A|--all-commits",
  "--hide-workspace",
  "--hide-queued",
  "--hide-failed",
  "--param-deps",
  "--sha",
  "--no-pager",
  "--no-fetch",
  "-f|--force",
];

async function show(options: Options, open: () => Project): Promise<number> {
  if (options.targets.length > 0)
    throw new UsageError(`unrecognized arguments: ${options.targets.join(" ")}`);
  const order = options.value("sort-order") ?? "asc";
  if (order !== "asc" && order !== "desc")
    throw new UsageError(`argument --sort-order: invalid choice: '${order}' (choose from asc, desc)`);
  const project = open();
  const states = listExperiments(Project.open(project.root, warnLine), {
    revs: options.all("rev"),
    num: integer(options, "num") ?? 1,
    allBranches: options.has("all-branches"),
    allTags: options.has("all-tags"),
    allCommits: options.has("all-commits"),
    hideWorkspace: options.has("hide-workspace"),
    shaOnly: options.has("sha"),
    onlyDeps: options.has("param-deps"),
  });
  if (options.has("json")) {
    process.stdout.write(`${pythonJson(states.map(stateJson))}\n`);
    return 0;
  }
  const isCsv = options.has("csv");
  const precision = integer(options, "precision") || undefined;
  const today = localDay(project.gitRoot ?? project.root);
  const form = isCsv ? "csv" : options.has("md") ? "md" : "text";
  const table = (width?: number): string =>
    experimentTable(states, {
      form,
      precision: isCsv ? precision : (precision ?? 5),
      sortBy: options.value("sort-by"),
      isDescending: order === "desc",
      onlyChanged: options.has("only-changed"),
      keep: options.all("keep"),
      drop: options.all("drop"),
      today,
      ...(width === undefined ? {} : { width }),
    });
  page(table(), table, !isCsv && !options.has("no-pager"));
  return 0;
}

function integer(options: Options, name: string): number | undefined {
  const text = options.value(name);
  if (text === undefined) return undefined;
  if (!/^-?\d{1,9}$/.test(text)) throw new UsageError(`argument --${name}: invalid int value: '${text}'`);
  return Number(text);
}

/** Days since 1970, in local time, by Git's clock. */
function localDay(gitRoot: string): number {
  const ident =
    git(gitRoot, ["-c", "user.name=a", "-c", "user.email=a@b", "var", "GIT_COMMITTER_IDENT"]) ?? "";
  const [, seconds, sign, hours, minutes] = / (\d+) ([+-])(\d\d)(\d\d)\s*$/.exec(ident) ?? [];
  const offset = (Number(hours) * 60 + Number(minutes)) * 60 * (sign === "-" ? -1 : 1);
  return Math.floor((Number(seconds) + offset) / 86_400);
}
