import { messageOf } from "../base/errors.js";
import { GraphError } from "./errors.js";
import { git } from "./gitFiles.js";
import { GitTree } from "./gitTree.js";
import type { Project } from "./project.js";

/** Commits that are meant: DVC's -a, -T, -A, --rev with --num, --date. */
export interface RevisionScope {
  readonly branches?: boolean;
  readonly tags?: boolean;
  readonly commits?: boolean;
  readonly experiments?: boolean;
  readonly rev?: string;
  /** How many commits back along first parents, from each branch or `rev`; 1: only those. */
  readonly num?: number;
  /** YYYY-MM-DD: commits since then. */
  readonly date?: string;
}

/**
 * Go through the projects of the commits in a scope; commits in which the graph is described by the same files count once.
 * @param use called with each, which is of use only meanwhile
 * @param skip called for a commit that cannot be read; without it that is an error
 * @throws GraphError in DVC's words for an unknown revision, and outside Git
 */
export function eachRevision(
  scope: RevisionScope,
  project: Project,
  use: (sha: string, then: Project) => void,
  skip?: (sha: string, cause: unknown) => void,
): void {
  const seen = new Set<string>();
  for (const sha of commitsOf(scope, project)) {
    const tree = new GitTree(project.gitRoot as string, sha);
    try {
      const { key } = tree;
      if (seen.has(key)) continue;
      seen.add(key);
      use(sha, tree.open(project));
    } catch (cause) {
      const short = sha.slice(0, 7);
      if (skip === undefined)
        throw new GraphError(`Failed to collect '${short}': ${messageOf(cause)}`, { cause });
      skip(sha, cause);
    } finally {
      tree.remove();
    }
  }
}

function commitsOf(scope: RevisionScope, project: Project): string[] {
  const { branches, tags, commits, experiments, rev, num = 1, date } = scope;
  if (!(branches || tags || commits || experiments || rev || date)) return [];
  const root = project.gitRoot;
  if (root === undefined) throw new GraphError(`${project.root} is not a git repository`);
  const list = (...args: string[]): string[] =>
    (git(root, args) ?? "").split("\n").filter((line) => line !== "");
  const found: string[] = [];
  const back = (start: string): string[] =>
    list("rev-list", "--first-parent", ...(num > 0 ? [`--max-count=${num}`] : []), start, "--");
  if (rev !== undefined) {
    const [start] = list("rev-parse", "--verify", "--quiet", `${rev}^{commit}`);
    if (start === undefined) throw new GraphError(`unknown Git revision '${rev}'`);
    found.push(...back(start));
  }
  const refs = (where: string): string[] => list("for-each-ref", "--format=%(objectname)", where);
  if (branches) found.push(...refs("refs/heads").flatMap(back));
  if (tags)
    found.push(
      ...refs("refs/tags").flatMap((tag) => list("rev-parse", "--verify", "--quiet", `${tag}^{commit}`)),
    );
  if (experiments)
    found.push(
      ...refs("refs/exps").flatMap((ref) => list("rev-parse", "--verify", "--quiet", `${ref}^{commit}`)),
    );
  if (commits) found.push(...list("rev-list", "--all", "HEAD"));
  if (date !== undefined) found.push(...list("rev-list", "--all", `--since=${date}T00:00:00`));
  return [...new Set(found)];
}
