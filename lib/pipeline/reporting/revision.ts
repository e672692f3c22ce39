import { existsSync, readdirSync, statSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { compareText } from "../../base/json.js";
import { toSlashes } from "../dvcfile.js";
import { GraphError } from "../errors.js";
import { git } from "../gitFiles.js";
import { commitOf, GitTree } from "../gitTree.js";
import { recordedIn } from "../lock.js";
import type { Output, StageNode } from "../node.js";
import type { Project } from "../project.js";

/** The name of the files as they are, beside revisions of Git. */
export const WORKSPACE = "workspace";

/**
 * A project as it is or was: its stages, and its files from the workspace or the commit, and where they are not there, from
 * the cache by what dvc.lock and .dvc files record. Paths are absolute paths below `project.root`, which for a commit is a
 * folder of its own: show them with `project.show`.
 */
export class Revision {
  constructor(
    /** As the user wrote it. */
    readonly name: string,
    readonly project: Project,
    private readonly current: Project,
    private readonly tree?: GitTree,
  ) {}

  /** Where a path of the command line is here. */
  resolve(target: string): string {
    return resolve(this.project.cwd, target);
  }

  /** A file on the disk that has the content of `path` in this revision, or undefined. */
  locate(path: string): string | undefined {
    const name = this.nameInTree(path);
    const here = this.tree === undefined ? (isFile(path) ? path : undefined) : this.tree.file(name);
    if (here !== undefined) return here;
    const oid = this.recorded(path);
    if (oid === undefined || oid.endsWith(".dir") || !this.current.cache.has(oid)) return undefined;
    return this.current.cache.path(oid);
  }

  /** Files below a folder, sorted; undefined when it is no folder. */
  files(folder: string): string[] | undefined {
    const found = new Set(this.tree === undefined ? this.walk(folder) : this.filesInTree(folder));
    if (this.tree !== undefined || !existsSync(folder)) {
      for (const { node, out } of this.outputs()) {
        if (out.absolute !== folder && !out.absolute.startsWith(folder + sep) && !isIn(folder, out.absolute))
          continue;
        for (const path of this.cached(node, out)) if (isIn(path, folder)) found.add(path);
      }
    }
    return found.size === 0 ? undefined : [...found].sort(compareText);
  }

  /** Files of the workspace; what is ignored, .git and .dvc are left out. */
  private walk(folder: string): string[] {
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      if (this.project.dvcIgnore.ignored(path, entry.isDirectory())) return [];
      return entry.isDirectory() ? this.walk(path) : isFile(path) ? [path] : [];
    });
  }

  private nameInTree(path: string): string {
    return this.tree === undefined ? "" : toSlashes(relative(this.tree.folder, path));
  }

  private filesInTree(folder: string): string[] {
    const { tree } = this;
    return tree?.below(this.nameInTree(folder)).map((name) => join(tree.folder, ...name.split("/"))) ?? [];
  }

  private outputs(): { readonly node: StageNode; readonly out: Output }[] {
    return this.project.nodes().flatMap((node) => node.outs.map((out) => ({ node, out })));
  }

  private oidOf(node: StageNode, out: Output): string | undefined {
    const recorded =
      node.kind === "data"
        ? out.recorded
        : recordedIn(this.project.lock(node).entry(node.name), "outs", out.path);
    return recorded?.md5;
  }

  /** Paths of the files of an output, by what is recorded. */
  private cached(node: StageNode, out: Output): string[] {
    const oid = this.oidOf(node, out);
    if (oid === undefined || !this.current.cache.has(oid)) return [];
    if (!oid.endsWith(".dir")) return [out.absolute];
    return this.current.cache.tree(oid).map(({ relpath }) => join(out.absolute, ...relpath.split("/")));
  }

  /** The hash that is recorded for a path: of an output, or of a file inside one. */
  private recorded(path: string): string | undefined {
    for (const { node, out } of this.outputs()) {
      if (!isIn(path, out.absolute)) continue;
      const oid = this.oidOf(node, out);
      if (path === out.absolute || oid === undefined) return oid;
      if (!oid.endsWith(".dir") || !this.current.cache.has(oid)) return undefined;
      const inside = toSlashes(relative(out.absolute, path));
      return this.current.cache.tree(oid).find(({ relpath }) => relpath === inside)?.md5;
    }
    return undefined;
  }
}

/** Opens revisions of one project, each once, and puts away what was made for them. */
export class Revisions {
  private readonly opened = new Map<string, { readonly project: Project; readonly tree: GitTree }>();

  constructor(private readonly project: Project) {}

  /** @throws GraphError for a name that Git does not know */
  open(name: string): Revision {
    if (name === WORKSPACE) return new Revision(name, this.project, this.project);
    const { gitRoot } = this.project;
    if (gitRoot === undefined)
      throw new GraphError(`'${name}' is a Git revision, and this is no Git repository.`);
    const commit = commitOf(gitRoot, name);
    let there = this.opened.get(commit);
    if (there === undefined) {
      const tree = new GitTree(gitRoot, commit);
      there = { project: tree.open(this.project), tree };
      this.opened.set(commit, there);
    }
    return new Revision(name, there.project, this.project, there.tree);
  }

  /** False when there is no commit to compare with. */
  hasCommits(): boolean {
    const { gitRoot } = this.project;
    return gitRoot !== undefined && git(gitRoot, ["rev-parse", "--verify", "--quiet", "HEAD"]) !== undefined;
  }

  close(): void {
    for (const { tree } of this.opened.values()) tree.remove();
    this.opened.clear();
  }
}

/** Run with the revisions of a project, and clean up whatever happens. */
export function withRevisions<T>(project: Project, run: (revisions: Revisions) => T): T {
  const revisions = new Revisions(project);
  try {
    return run(revisions);
  } finally {
    revisions.close();
  }
}

/**
 * Names of all branches, tags or commits, as the reporting verbs take them: names of one commit stand together with commas
 * between them, as in DVC.
 */
export function namedRevisions(
  gitRoot: string | undefined,
  which: { readonly branches: boolean; readonly tags: boolean; readonly commits: boolean },
): { readonly name: string; readonly revision: string }[] {
  if (gitRoot === undefined) throw new GraphError("this needs a Git repository.");
  const lines = (args: readonly string[]): string[] =>
    (git(gitRoot, args) ?? "").split("\n").filter((line) => line !== "");
  const refs = (kind: string): string[] =>
    lines(["for-each-ref", "--format=%(refname:short)", `refs/${kind}`]);
  const names = which.commits
    ? lines(["rev-list", "--all"])
    : [...(which.branches ? refs("heads") : []), ...(which.tags ? refs("tags") : [])];
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const commit = which.commits ? name : commitOf(gitRoot, name);
    groups.set(commit, [...(groups.get(commit) ?? []), name]);
  }
  return [...groups].map(([revision, group]) => ({ name: [...new Set(group)].join(","), revision }));
}

/** The branch that is checked out. */
export function activeBranch(gitRoot: string): string | undefined {
  return git(gitRoot, ["symbolic-ref", "--quiet", "--short", "HEAD"])?.trim();
}

function isIn(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder + sep);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
