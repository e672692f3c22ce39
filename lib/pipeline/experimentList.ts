import { messageOf } from "../base/errors.js";
import { compareText } from "../base/json.js";
import { GraphError } from "./errors.js";
import { experimentData } from "./experimentData.js";
import { experimentsOf, gitRootOf } from "./experiments.js";
import { git } from "./gitFiles.js";
import { commitOf } from "./gitTree.js";
import type { Project } from "./project.js";
import { type Revisions, WORKSPACE, withRevisions } from "./reporting/revision.js";
import type { Scalar, Yaml, YamlMap } from "./yaml/value.js";

/** A commit or the workspace, as `dvc exp show --json` has it. */
export interface State {
  readonly rev: string;
  readonly name: string | null;
  /** What experimentData gives; null when the revision cannot be read. */
  readonly data: YamlMap | null;
  readonly error: { readonly type: string; readonly message: string } | null;
  readonly experiments: readonly Range[] | null;
}

/** An experiment: its newest commit first. */
export interface Range {
  readonly name: string;
  readonly revs: readonly State[];
}

export interface ListOptions {
  readonly revs: readonly string[];
  /** How many commits of each revision; below 0 all of them. */
  readonly num: number;
  readonly allBranches: boolean;
  readonly allTags: boolean;
  readonly allCommits: boolean;
  readonly hideWorkspace: boolean;
  readonly shaOnly: boolean;
  readonly onlyDeps: boolean;
}

/**
 * The workspace, the commits that were asked for, and the experiments over them: ours and DVC's own, which lie in the same
 * Git references. Queued and failed experiments of DVC's queue are not listed.
 * @param project opened at its root
 */
export function listExperiments(project: Project, options: ListOptions): State[] {
  const gitRoot = gitRootOf(project);
  const baselines = baselinesOf(gitRoot, options);
  const ranges = new Map(
    baselines.map((baseline) => [
      baseline,
      experimentsOf(gitRoot, baseline).map(({ name, commit }) => ({
        name,
        commits: lines(gitRoot, ["rev-list", "--first-parent", `${baseline}..${commit}`]),
      })),
    ]),
  );
  const all = [...ranges].flatMap(([baseline, found]) => [
    baseline,
    ...found.flatMap(({ commits }) => commits),
  ]);
  const times = commitTimes(gitRoot, all);
  const names = options.shaOnly ? new Map<string, string>() : namesOf(gitRoot);
  return withRevisions(project, (revisions) => {
    const state = (rev: string, name: string | null, experiments: readonly Range[] | null = null): State => ({
      ...read(revisions, rev, times.get(rev) ?? null, options.onlyDeps),
      rev,
      name,
      experiments,
    });
    const workspace = options.hideWorkspace ? [] : [state(WORKSPACE, null)];
    return [
      ...workspace,
      ...baselines.map((baseline) => {
        const experiments = (ranges.get(baseline) ?? [])
          .filter(({ commits }) => commits.length > 0)
          .map(({ name, commits }) => ({
            name,
            revs: commits.map((commit, i) => state(commit, i === 0 ? name : null)),
          }))
          .sort((a, b) => newest(times, b.revs[0].rev, a.revs[0].rev));
        return state(baseline, names.get(baseline) ?? null, experiments.length > 0 ? experiments : null);
      }),
    ];
  });
}

function newest(times: ReadonlyMap<string, string>, a: string, b: string): number {
  return compareText(times.get(a) ?? "", times.get(b) ?? "") || compareText(a, b);
}

function read(
  revisions: Revisions,
  rev: string,
  timestamp: string | null,
  onlyDeps: boolean,
): Pick<State, "data" | "error"> {
  try {
    return { data: experimentData(revisions.open(rev), rev, timestamp, onlyDeps), error: null };
  } catch (cause) {
    return { data: null, error: { type: "DvcException", message: messageOf(cause) } };
  }
}

function lines(gitRoot: string, args: readonly string[]): string[] {
  return (git(gitRoot, args) ?? "").split("\n").filter((line) => line !== "");
}

function baselinesOf(gitRoot: string, options: ListOptions): string[] {
  const { allBranches, allTags, allCommits, num } = options;
  const isAll = allBranches || allTags || allCommits;
  const revs = options.revs.length > 0 || isAll ? options.revs : ["HEAD"];
  const found = new Set<string>();
  for (const rev of revs) {
    const limit = num < 0 ? [] : ["-n", String(num)];
    for (const commit of lines(gitRoot, ["rev-list", "--first-parent", ...limit, commitOf(gitRoot, rev)]))
      found.add(commit);
  }
  const add = (args: readonly string[]): void => {
    for (const commit of lines(gitRoot, args)) found.add(commit);
  };
  if (allBranches) add(["rev-parse", "--branches"]);
  if (allTags) for (const tag of lines(gitRoot, ["tag", "--list"])) found.add(commitOf(gitRoot, tag));
  if (allCommits) add(["rev-list", "--branches", "--tags", "HEAD"]);
  return [...found];
}

/** Local times of commits, as `2026-01-31T12:00:00`. */
function commitTimes(gitRoot: string, commits: readonly string[]): Map<string, string> {
  if (commits.length === 0) return new Map();
  const args = ["log", "--no-walk=unsorted", "--date=format-local:%Y-%m-%dT%H:%M:%S", "--format=%H %cd"];
  const found = git(gitRoot, [...args, ...new Set(commits)]);
  if (found === undefined) throw new GraphError("git log could not read the commits of the experiments.");
  return new Map(
    found
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => line.split(" ") as [string, string]),
  );
}

/** The branch that is checked out, then tags, then branches. */
function namesOf(gitRoot: string): Map<string, string> {
  const names = new Map<string, string>();
  const add = (kind: string): void => {
    const format = "--format=%(objectname) %(*objectname) %(refname:strip=2)";
    for (const line of lines(gitRoot, ["for-each-ref", format, `refs/${kind}`])) {
      const [own, peeled, ...name] = line.split(" ");
      const commit = peeled === "" ? own : peeled;
      if (!names.has(commit)) names.set(commit, name.join(" "));
    }
  };
  const head = git(gitRoot, ["symbolic-ref", "--quiet", "--short", "HEAD"])?.trim();
  if (head !== undefined) names.set(commitOf(gitRoot, "HEAD"), head);
  add("tags");
  add("heads");
  return names;
}

/** The structure of `dvc exp show --json` (3.67.1), which DVC's extension for VS Code reads. */
export function stateJson(state: State): YamlMap {
  const { rev, name, data, error, experiments } = state;
  return new Map<Scalar, Yaml>([
    ["rev", rev],
    ["name", name],
    ["data", data],
    [
      "error",
      error === null
        ? null
        : new Map([
            ["msg", error.message],
            ["type", error.type],
          ]),
    ],
    ["experiments", experiments === null ? null : experiments.map(rangeJson)],
  ]);
}

function rangeJson({ name, revs }: Range): YamlMap {
  return new Map<Scalar, Yaml>([
    ["revs", revs.map(stateJson)],
    ["executor", null],
    ["name", name],
  ]);
}
