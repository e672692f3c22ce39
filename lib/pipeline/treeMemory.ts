import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { writeFileAtomic } from "../base/files.js";
import { hashBytes } from "../base/hash.js";
import { toSlashes } from "./dvcfile.js";
import { git } from "./gitFiles.js";
import { commitOf, GitTree } from "./gitTree.js";
import { items } from "./lock.js";
import type { StageNode } from "./node.js";
import type { Project } from "./project.js";
import { type TreeFile, treeObject } from "./tree.js";

/**
 * What was in the folders that stages depend on. DVC keeps only the hash of such a folder; `status --explain` wants to name
 * the file that changed. Objects of folders as the cache has them, under `.nidslab/trees/`.
 */
export async function rememberTrees(project: Project, nodes: readonly StageNode[]): Promise<void> {
  const folder = join(project.ownFolder(), "trees");
  for (const node of nodes) {
    for (const dep of node.deps) {
      const hashed = await project.hasher.hash(dep.absolute);
      if (hashed?.files === undefined || project.cache.has(hashed.md5)) continue;
      const path = join(folder, hashed.md5);
      if (!existsSync(path)) writeFileAtomic(path, treeObject(hashed.files).text);
    }
  }
  if (!existsSync(folder)) return;
  const needed = new Set(
    project
      .nodes()
      .filter((node) => node.kind === "stage")
      .flatMap((node) => items(project.lock(node).entry(node.name), "deps").map((item) => item.get("md5"))),
  );
  for (const name of readdirSync(folder)) if (!needed.has(name)) rmSync(join(folder, name), { force: true });
}

/** The files of a recorded folder: from the cache, from what was remembered, or from HEAD when it has just that content. */
export function recallTree(project: Project, path: string, oid: string): readonly TreeFile[] | undefined {
  if (!oid.endsWith(".dir")) return undefined;
  if (project.cache.has(oid)) return project.cache.tree(oid);
  const kept = join(project.root, ".nidslab", "trees", oid);
  try {
    return JSON.parse(readFileSync(kept, "utf8")) as TreeFile[];
  } catch {
    return fromHead(project, path, oid);
  }
}

function fromHead(project: Project, path: string, oid: string): readonly TreeFile[] | undefined {
  const { gitRoot } = project;
  const isInside = gitRoot !== undefined && path.startsWith(gitRoot + sep);
  if (!isInside || git(gitRoot, ["rev-parse", "--verify", "--quiet", "HEAD"]) === undefined) return undefined;
  const tree = new GitTree(gitRoot, commitOf(gitRoot, "HEAD"));
  try {
    const prefix = toSlashes(relative(gitRoot, path));
    const files = tree.below(prefix).flatMap((name): TreeFile[] => {
      if (project.dvcIgnore.ignored(join(gitRoot, name), false)) return [];
      const content = tree.file(name);
      if (content === undefined || !existsSync(content)) return [];
      return [{ relpath: name.slice(prefix.length + 1), md5: hashBytes(readFileSync(content), "md5") }];
    });
    return treeObject(files).oid === oid ? files : undefined;
  } finally {
    tree.remove();
  }
}
