import { KEY, KeyTable, roomFor } from "./keyTable.js";

const NONE = -1;
/** Words that are kept of a key: the slots that were used before and after it. */
const [OLDER, NEWER] = [KEY, KEY + 1];

/** Keys that are forgotten when nothing was heard of them for longer than a horizon; slots in the order of last use. */
export class IdleKeys {
  private readonly table = new KeyTable(2);
  private last = new Float64Array(0);
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
  use(a: number, b: number, c: number, d: number, us: number): number {
    while (this.first !== NONE && us - this.last[this.first] > this.horizonUs) this.forget(this.first);
    const { size } = this.table;
    const slot = this.table.slot(a, b, c, d);
    if (this.table.size > size) {
      this.last = roomFor(this.last, this.table.capacity);
      this.pauseUs = Number.NaN;
    } else {
      this.pauseUs = us - this.last[slot];
      this.unlink(slot);
    }
    const { words, stride } = this.table;
    this.last[slot] = us;
    words[stride * slot + OLDER] = this.final;
    words[stride * slot + NEWER] = NONE;
    if (this.final === NONE) this.first = slot;
    else words[stride * this.final + NEWER] = slot;
    this.final = slot;
    return slot;
  }

  private forget(slot: number): void {
    this.unlink(slot);
    this.table.release(slot);
  }

  private unlink(slot: number): void {
    const { words, stride } = this.table;
    const older = words[stride * slot + OLDER];
    const newer = words[stride * slot + NEWER];
    if (older === NONE) this.first = newer;
    else words[stride * older + NEWER] = newer;
    if (newer === NONE) this.final = older;
    else words[stride * newer + OLDER] = older;
  }
}
