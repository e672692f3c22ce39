import { readFileSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomic } from "../base/files.js";

interface Entry {
  readonly stamp: string;
  readonly md5: string;
}

/** Above this many files, those that the present call did not look at are forgotten. */
const CAPACITY = 200_000;

/**
 * What files hashed to, valid while their stamp (inode, times in ns, size) is the same. A pure accelerator under
 * `.nidslab/`, never needed for correctness: a damaged or missing file is an empty one.
 */
export class HashState {
  private readonly entries: Map<string, Entry>;
  private readonly used = new Set<string>();
  private changed = false;
  private readonly path: string;

  constructor(root: string) {
    this.path = join(root, ".nidslab", "state.json");
    this.entries = load(this.path);
  }

  get(path: string, stamp: string): string | undefined {
    this.used.add(path);
    const entry = this.entries.get(path);
    return entry?.stamp === stamp ? entry.md5 : undefined;
  }

  set(path: string, stamp: string, md5: string): void {
    this.used.add(path);
    this.entries.set(path, { stamp, md5 });
    this.changed = true;
  }

  /** Write what is new; a folder that cannot be written costs speed and nothing else. */
  save(): void {
    if (!this.changed) return;
    this.changed = false;
    const kept = [...this.entries].filter(([path]) => this.entries.size <= CAPACITY || this.used.has(path));
    const rows = kept.map(([path, { stamp, md5 }]) => [path, stamp, md5]);
    try {
      writeFileAtomic(this.path, JSON.stringify(rows));
    } catch {
      // A read-only checkout: the next run hashes again.
    }
  }
}

function load(path: string): Map<string, Entry> {
  try {
    const rows = JSON.parse(readFileSync(path, "utf8")) as [string, string, string][];
    return new Map(rows.map(([name, stamp, md5]) => [name, { stamp, md5 }]));
  } catch {
    return new Map();
  }
}
