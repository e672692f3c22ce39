import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { messageOf } from "../base/errors.js";
import { toSlashes } from "./dvcfile.js";
import { GraphError } from "./errors.js";
import { git } from "./gitFiles.js";
import { Project } from "./project.js";

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

/** The graph as a commit has it. */
export interface Revision {
  readonly sha: string;
  readonly project: Project;
}

/**
 * The projects of the commits in a scope. Only files that can define the graph are read, into a temporary folder; commits in
 * which these are the same are read once.
 * @param skip called for a commit that cannot be read; without it that is an error
 * @throws GraphError in DVC's words for an unknown revision, and outside Git
 */
export function readRevisions(
  scope: RevisionScope,
  project: Project,
  skip?: (sha: string, cause: unknown) => void,
): Revision[] {
  const shas = commitsOf(scope, project);
  const seen = new Set<string>();
  return shas.flatMap((sha): Revision[] => {
    const files = graphFiles(sha, project);
    const key = files.map(({ path, blob }) => `${path} ${blob}`).join("\n");
    if (seen.has(key)) return [];
    seen.add(key);
    try {
      return [{ sha, project: projectOf(files, project) }];
    } catch (cause) {
      if (skip === undefined)
        throw new GraphError(`Failed to collect '${sha.slice(0, 7)}': ${messageOf(cause)}`, { cause });
      skip(sha, cause);
      return [];
    }
  });
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

interface GraphFile {
  readonly path: string;
  readonly blob: string;
}

/** Files that say what the graph is: stage files, locks, ignore files, and all that parameters and vars may stand in. */
function graphFiles(sha: string, project: Project): GraphFile[] {
  const inside = toSlashes(relative(project.gitRoot as string, project.root));
  const listed = git(project.gitRoot as string, ["ls-tree", "-r", "-z", "--full-tree", sha]);
  if (listed === undefined) throw new GraphError(`unknown Git revision '${sha}'`);
  return listed.split("\0").flatMap((line): GraphFile[] => {
    const [, blob, name] = /^\d+ blob ([0-9a-f]+)\t([\s\S]+)$/.exec(line) ?? [];
    if (name === undefined || (inside !== "" && !name.startsWith(`${inside}/`))) return [];
    const path = inside === "" ? name : name.slice(inside.length + 1);
    if (path.startsWith(".dvc/")) return [];
    const isPart = /^(dvc\.yaml|dvc\.lock|\.dvcignore)$|.\.dvc$|\.(ya?ml|json|toml|py)$/.test(basename(path));
    return isPart ? [{ path, blob }] : [];
  });
}

function projectOf(files: readonly GraphFile[], project: Project): Project {
  const folder = mkdtempSync(join(tmpdir(), "nidslab-revision-"));
  try {
    mkdirSync(join(folder, ".dvc"));
    writeFileSync(join(folder, ".dvc", "config"), "[core]\n    no_scm = true\n");
    const contents = blobs(files, project.gitRoot as string);
    files.forEach(({ path }, i) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), contents[i]);
    });
    const read = Project.open(folder, () => undefined);
    for (const node of read.nodes()) if (node.kind === "stage") read.lock(node);
    return read;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function blobs(files: readonly GraphFile[], root: string): Buffer[] {
  const { stdout } = spawnSync("git", ["cat-file", "--batch"], {
    cwd: root,
    input: files.map(({ blob }) => `${blob}\n`).join(""),
    maxBuffer: 1 << 30,
  });
  let at = 0;
  return files.map(() => {
    const end = stdout.indexOf(10, at);
    const size = Number(stdout.subarray(at, end).toString().split(" ")[2]);
    at = end + 1 + size + 1;
    return stdout.subarray(end + 1, end + 1 + size);
  });
}
