import { KeyTable, roomFor } from "./keyTable.js";

const NONE = -1;

/** Keys that are forgotten when nothing was heard of them for longer than a horizon; slots in the order of last use. */
export class IdleKeys {
  private readonly table = new KeyTable();
  private last = new Float64Array(0);
  private older = new Int32Array(0);
  private newer = new Int32Array(0);
  private first = NONE;
  private final = NONE;

  constructor(private readonly horizonUs: number) {}

  /** Keys that are remembered. */
  get size(): number {
    return this.table.size;
  }

  /** Every slot is below this. */
  get capacity(): number {
    return this.table.capacity;
  }

  /** Microseconds between the present use of the key that `use` found and the one before; NaN for a new key. */
  pauseUs = Number.NaN;

  /** The slot of a key that is used at `us` (never before an earlier use); sets `pauseUs`. Forgets what is idle. */
  use(a: number, b: number, c: number, us: number): number {
    while (this.first !== NONE && us - this.last[this.first] > this.horizonUs) this.forget(this.first);
    const { size } = this.table;
    const slot = this.table.slot(a, b, c);
    if (this.table.size > size) {
      this.last = roomFor(this.last, this.table.capacity);
      this.older = roomFor(this.older, this.table.capacity);
      this.newer = roomFor(this.newer, this.table.capacity);
      this.pauseUs = Number.NaN;
    } else {
      this.pauseUs = us - this.last[slot];
      this.unlink(slot);
    }
    this.last[slot] = us;
    this.older[slot] = this.final;
    this.newer[slot] = NONE;
    if (this.final === NONE) this.first = slot;
    else this.newer[this.final] = slot;
    this.final = slot;
    return slot;
  }

  private forget(slot: number): void {
    this.unlink(slot);
    this.table.release(slot);
  }

  private unlink(slot: number): void {
    const older = this.older[slot];
    const newer = this.newer[slot];
    if (older === NONE) this.first = newer;
    else this.newer[older] = newer;
    if (newer === NONE) this.final = older;
    else this.older[newer] = older;
  }
}
