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
 * Undo what a run that was killed has left: commands that still run are ended, and the outputs of the stages that were at
 * work are put back. What lay in their place is kept in `.nidslab/lost` until the next time. One look says that there is
 * nothing to do. The caller holds the project's lock.
 */
export function undoKilled(project: Project, warn: (line: string) => void): void {
  const folder = asideFolder(project);
  if (!existsSync(folder)) return;
  const lost = join(project.ownFolder(), "lost");
  rmSync(lost, { recursive: true, force: true });
  for (const name of readdirSync(folder)) {
    const place = join(lost, name);
    const entryNow = ({ file, name: stage }: { file: string; name: string }): string =>
      entryMark(project.lockOf(file).entry(stage));
    for (const path of undo(join(folder, name), entryNow, place)) {
      warn(
        `'${project.show(path)}' is again what it was before a run that was killed; ` +
          `what was found there is in ${project.show(place)}.`,
      );
    }
  }
  rmSync(folder, { recursive: true, force: true });
}

/** Remove the files under temporary names that a process which was killed has left, and its entries in DVC's list. */
export function sweepKilled(project: Project): void {
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
