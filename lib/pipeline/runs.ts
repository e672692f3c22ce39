import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomic } from "../base/files.js";

/** Copy the kept runs of one store (a cache or a remote) to another. @returns how many there are */
export function copyRuns(from: string, to: string): number {
  const runs = join(from, "runs");
  if (!existsSync(runs)) return 0;
  const files = readdirSync(runs, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const entry of files) {
    const source = join(entry.parentPath, entry.name);
    const target = join(to, source.slice(from.length));
    if (!existsSync(target)) writeFileAtomic(target, readFileSync(source));
  }
  return files.length;
}
