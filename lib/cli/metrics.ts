import { UsageError } from "../base/errors.js";
import { compareText } from "../base/json.js";
import type { Project } from "../pipeline/project.js";
import {
  activeBranch,
  namedRevisions,
  type Revisions,
  WORKSPACE,
  withRevisions,
} from "../pipeline/reporting/revision.js";
import {
  cellText,
  changesJson,
  errorJson,
  failedText,
  flatten,
  readMetrics,
  type Values,
  valuesJson,
  valuesOrError,
} from "../pipeline/reporting/values.js";
import { pythonJson, type Yaml, type YamlMap } from "../pipeline/yaml/value.js";
import type { Command } from "./command.js";
import { diffOf } from "./diff.js";
import { graphVerb, type Options, warnLine, wrongWord } from "./graphVerb.js";
import { textTable } from "./textTable.js";

const help = `Show the metrics of the last run, or how they changed.

usage: nidslab metrics show [options] [files or folders...]
       nidslab metrics diff [options] [a] [b]

a, b: Git revisions; default HEAD against the files as they are
  -a, --all-branches  show: of every branch
  -T, --all-tags      show: of every tag
  -A, --all-commits   show: of every commit
  -R, --recursive     as in DVC; a folder always stands for the files in it
  --targets FILE...   diff: only these files
  --all               diff: unchanged ones too
  --no-path           diff: without the column of files
  --precision N       digits after the point (default 5)
  --json              as JSON
  --md                as a Markdown table
  --cd FOLDER         as if called in FOLDER

example: nidslab metrics diff HEAD~1`;

const spec = [
  "-a|--all-branches",
  "-T|--all-tags",
  "-A|--all-commits",
  "-R|--recursive",
  "--targets=...",
  "--all",
  "--no-path",
  "--precision=",
  "--json",
  "--md",
];

export const command: Command = {
  summary: "show the metrics of the last run, or how they changed (metrics show, metrics diff)",
  help,
  run: (args) =>
    graphVerb(args, spec, help, async (options, open) => {
      const [what, ...rest] = options.targets;
      if (what !== "show" && what !== "diff") throw wrongWord("metrics", ["show", "diff"], what);
      const digits = precisionOf(options);
      const project = open();
      const out = withRevisions(project, (revisions) =>
        what === "show"
          ? show(project, revisions, rest, options, digits)
          : diff(revisions, rest, options, digits),
      );
      process.stdout.write(out);
      return 0;
    }),
};

/** 0 means the default, as in DVC. */
function precisionOf(options: Options): number {
  const text = options.value("precision") ?? "5";
  if (!/^\d+$/.test(text)) throw new UsageError(`argument --precision: invalid int value: '${text}'`);
  return Math.min(Number(text), 40) || 5;
}

function show(
  project: Project,
  revisions: Revisions,
  targets: readonly string[],
  options: Options,
  digits: number,
): string {
  const which = {
    branches: options.has("all-branches"),
    tags: options.has("all-tags"),
    commits: options.has("all-commits"),
  };
  const several = which.branches || which.tags || which.commits;
  const results = new Map<string, RevisionValues>();
  results.set(several ? WORKSPACE : "", readMetrics(revisions.open(WORKSPACE), targets));
  if (several) {
    for (const { name, revision } of namedRevisions(project.gitRoot, which)) {
      const read = (): Values => readMetrics(revisions.open(revision), targets);
      results.set(name, valuesOrError(name, read, warnLine));
    }
    hideWorkspace(results, project);
  }
  process.stderr.write(failedText(results));
  if (options.has("json")) {
    return `${pythonJson(new Map([...results].map(([name, values]) => [name, revisionData(values)])))}\n`;
  }
  const rows = [...results].flatMap(([name, values]) =>
    ("error" in values ? [] : [...values]).map(([file, value]) => ({
      start: several ? [name, file] : [file],
      cells: "data" in value ? flatten(value.data) : new Map<string, Yaml>(),
    })),
  );
  const columns = [...new Set(rows.flatMap(({ cells }) => [...cells.keys()]))].sort(compareText);
  return textTable(
    [...(several ? ["Revision"] : []), "Path", ...columns],
    rows.map(({ start, cells }) => [
      ...start,
      ...columns.map((column) => cellText(cells.get(column), digits)),
    ]),
    options.has("md"),
  );
}

/** The files as they are say nothing new when they are those of the branch that is checked out. */
function hideWorkspace(results: Map<string, RevisionValues>, project: Project): void {
  const branch = project.gitRoot === undefined ? undefined : activeBranch(project.gitRoot);
  const committed = branch === undefined ? undefined : results.get(branch);
  const current = results.get(WORKSPACE);
  if (committed === undefined || current === undefined) return;
  if (pythonJson(revisionData(committed), true) === pythonJson(revisionData(current), true))
    results.delete(WORKSPACE);
}

type RevisionValues = Values | { readonly error: string };

function revisionData(values: RevisionValues): YamlMap {
  return "error" in values ? errorJson("GraphError", values.error) : new Map([["data", valuesJson(values)]]);
}

function diff(revisions: Revisions, revs: readonly string[], options: Options, digits: number): string {
  const targets = options.all("targets");
  const { a, b, changes } = diffOf(revisions, revs, options, (each) => readMetrics(each, targets));
  if (options.has("json")) return `${pythonJson(changesJson(changes))}\n`;
  const skip = options.has("no-path") ? 1 : 0;
  return textTable(
    ["Path", "Metric", a, b, "Change"].slice(skip),
    changes.map((change) =>
      [
        change.file,
        change.name,
        ...[change.old, change.now, change.diff].map((value) => cellText(value, digits)),
      ].slice(skip),
    ),
    options.has("md"),
  );
}
