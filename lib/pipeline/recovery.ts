import { existsSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { hashBytes } from "../base/hash.js";
import { undo } from "./aside.js";
import type { LockEntry } from "./lock.js";
import type { Project } from "./project.js";
import { TEMPORARY } from "./temporary.js";
import { writeYaml } from "./yaml/write.js";

/** Where a stage keeps its former outputs while it runs. */
export function asideFolder(project: Project): string {
  return join(project.ownFolder(), "aside");
}

/** What a lock entry is known by in a journal. */
export function entryMark(entry: LockEntry | undefined): string {
  return entry === undefined ? "" : hashBytes(writeYaml(entry), "md5");
}

/**
 * Undo what a run that was killed has left: commands that still run are ended, the outputs of the stages that were at work
 * are put back, files under temporary names are removed. The caller holds the project's lock.
 * @param tookOver the lock was left by a process that is gone; else one look says that there is nothing to do
 */
export function recover(project: Project, tookOver: boolean): void {
  const folder = asideFolder(project);
  if (existsSync(folder)) {
    for (const name of readdirSync(folder)) {
      undo(join(folder, name), ({ file, name: stage }) => entryMark(project.lockOf(file).entry(stage)));
    }
    rmSync(folder, { recursive: true, force: true });
  }
  if (!tookOver) return;
  for (const place of placesOfTemporaries(project)) sweep(place);
  project.pathLocks.dropDead();
}

/** Folders in which a run writes files: the cache's, those of outputs, and those of dvc.lock and .gitignore. */
function placesOfTemporaries(project: Project): Set<string> {
  const { cacheFolder } = project.config;
  const below = (folder: string): string[] =>
    existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  const nodes = project.nodes();
  return new Set([
    project.ownFolder(),
    join(project.root, ".dvc", "tmp"),
    ...below(join(cacheFolder, "files", "md5")),
    ...below(join(cacheFolder, "runs")).flatMap(below),
    ...nodes.map((node) => dirname(node.file)),
    ...nodes.flatMap((node) => node.outs.flatMap((out) => [dirname(out.absolute), out.absolute])),
  ]);
}

function sweep(folder: string): void {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return; // Not there, or a file.
  }
  for (const name of names) if (TEMPORARY.test(name)) rmSync(join(folder, name), { force: true });
}
