import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
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

/** Remove what a process that was killed has left under temporary names, and its entries in DVC's list. */
export function sweepKilled(project: Project): void {
  const { cacheFolder } = project.config;
  const nodes = project.nodes();
  const outs = nodes.flatMap((node) => node.outs.map((out) => out.absolute));
  const shallow = [
    project.ownFolder(),
    join(project.root, ".dvc", "tmp"),
    ...nodes.map((node) => dirname(node.file)),
    ...outs.map((out) => dirname(out)),
  ];
  for (const folder of new Set(shallow)) sweep(folder, false);
  for (const folder of [join(cacheFolder, "files"), join(cacheFolder, "runs"), ...outs]) sweep(folder, true);
  project.pathLocks.dropDead();
}

function sweep(folder: string, isDeep: boolean): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (TEMPORARY.test(entry.name)) rmSync(path, { recursive: true, force: true });
    else if (isDeep && entry.isDirectory()) sweep(path, true);
  }
}
