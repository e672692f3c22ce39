import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { GraphError } from "./errors.js";
import { git } from "./gitFiles.js";
import { Project } from "./project.js";

interface Blob {
  readonly id: string;
  readonly size: number;
  readonly isLink: boolean;
}

/** Files that dvc.yaml may take names and values from (vars, params), up to this size; others are written when asked for. */
const MAX_SIZE = 1 << 22;
const DESCRIBES = /(^|\/)(dvc\.yaml|dvc\.lock|\.dvcignore|\.dvc\/config|[^/]+\.(dvc|ya?ml|json|toml|py))$/;

/**
 * The commit that a revision of Git names, or an experiment: of several with that name the one over HEAD.
 * @throws GraphError in DVC's words
 */
export function commitOf(gitRoot: string, revision: string): string {
  const found =
    git(gitRoot, ["rev-parse", "--verify", "--quiet", `${revision}^{commit}`])?.trim() ??
    experimentCommit(gitRoot, revision);
  if (found === undefined) throw new GraphError(`unknown Git revision '${revision}'`);
  return found;
}

function experimentCommit(gitRoot: string, name: string): string | undefined {
  const format = "--format=%(objectname) %(refname)";
  const found = (git(gitRoot, ["for-each-ref", format, "refs/exps/[0-9a-f][0-9a-f]/*/*"]) ?? "")
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([, ref]) => ref?.split("/").slice(4).join("/") === name);
  if (found.length <= 1) return found[0]?.[0];
  const head = git(gitRoot, ["rev-parse", "HEAD"])?.trim();
  const over = found.find(([, ref]) => ref.split("/").slice(2, 4).join("") === head);
  if (over === undefined) throw new GraphError(`ambiguous Git revision '${name}'`);
  return over[0];
}

/**
 * A commit as a folder of its own: files come from Git when they are asked for. The repository, its index and its worktree
 * stay as they are.
 */
export class GitTree {
  readonly folder: string;
  private readonly blobs: ReadonlyMap<string, Blob>;
  private readonly written = new Set<string>();

  constructor(
    private readonly gitRoot: string,
    commit: string,
  ) {
    this.folder = mkdtempSync(join(tmpdir(), "nidslab-revision-"));
    this.blobs = listing(gitRoot, commit);
  }

  /** Files that say what the graph is: stage files, locks, ignore files, and all that parameters and vars may stand in. */
  private descriptions(): string[] {
    const isPart = (name: string, { size }: Blob): boolean => DESCRIBES.test(name) && size <= MAX_SIZE;
    return [...this.blobs].filter(([name, blob]) => isPart(name, blob)).map(([name]) => name);
  }

  /** Equal for commits in which the graph is described by the same files. */
  get key(): string {
    return this.descriptions()
      .map((name) => `${name} ${this.blobs.get(name)?.id}`)
      .join("\n");
  }

  /** The project as the commit has it. It is of use until `remove`. */
  open(present: Project): Project {
    this.write(this.descriptions());
    const folder = join(this.folder, relative(this.gitRoot, present.cwd));
    mkdirSync(join(this.folder, relative(this.gitRoot, present.root), ".dvc"), { recursive: true });
    mkdirSync(folder, { recursive: true });
    return Project.open(folder, () => undefined);
  }

  /** Path of a file of the commit on the disk, or undefined. @param name `/`-separated, from the root of the repository */
  file(name: string): string | undefined {
    if (!this.blobs.has(name)) return undefined;
    if (!this.written.has(name)) this.write([name]);
    return join(this.folder, name);
  }

  /** Names of files below a folder of the commit. */
  below(name: string): string[] {
    return [...this.blobs.keys()].filter((file) => file.startsWith(`${name}/`));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private write(names: readonly string[]): void {
    if (names.length === 0) return;
    const ids = names.map((name) => `${(this.blobs.get(name) as Blob).id}\n`).join("");
    const output = bytes(this.gitRoot, ["cat-file", "--batch"], ids);
    let at = 0;
    for (const name of names) {
      // Each answer: `<id> blob <size>`, the content, and a line end.
      const end = output.indexOf(10, at);
      const size = Number(output.toString("latin1", at, end).split(" ")[2]);
      const content = output.subarray(end + 1, end + 1 + size);
      at = end + size + 2;
      const path = join(this.folder, name);
      mkdirSync(dirname(path), { recursive: true });
      if (this.blobs.get(name)?.isLink) symlinkSync(content.toString("utf8"), path);
      else writeFileSync(path, content);
      this.written.add(name);
    }
  }
}

function listing(gitRoot: string, commit: string): ReadonlyMap<string, Blob> {
  const text = bytes(gitRoot, ["ls-tree", "-r", "-l", "-z", "--full-tree", commit]).toString("utf8");
  const blobs = new Map<string, Blob>();
  for (const line of text.split("\0")) {
    const tab = line.indexOf("\t");
    const [mode, type, id, size] = line.slice(0, tab).split(/ +/);
    if (type === "blob")
      blobs.set(line.slice(tab + 1), { id, size: Number(size), isLink: mode === "120000" });
  }
  return blobs;
}

function bytes(cwd: string, args: readonly string[], input = ""): Buffer {
  return execFileSync("git", args as string[], {
    cwd,
    input,
    stdio: ["pipe", "pipe", "ignore"],
    maxBuffer: 1 << 30,
  });
}
