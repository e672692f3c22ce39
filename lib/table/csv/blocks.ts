import { type ByteSource, LONGEST_LINE, OverlongLine } from "../bytes/source.js";
import type { BlockMemory } from "./memory.js";
import { lastRecordEnd } from "./quotes.js";

const LF = 10;

/** Whole records: the first `length` bytes in the memory, the last one LF. Whoever gets it may change the bytes. */
export interface Block {
  readonly memory: BlockMemory;
  readonly length: number;
}

/**
 * Cuts a source into blocks of whole records, each about `size` bytes; a longer record makes its block longer. Where the
 * cuts are depends on the bytes and `size` alone.
 */
export class BlockReader {
  private readonly free: BlockMemory[] = [];
  private carry: Buffer = Buffer.alloc(0);
  private ended = false;

  constructor(
    private readonly source: ByteSource,
    private readonly delimiter: number,
    private readonly size: number,
    private readonly allocate: (size: number) => BlockMemory,
  ) {}

  /** Whether the last block that was given is the last of all, as far as is known. */
  get atEnd(): boolean {
    return this.ended && this.carry.length === 0;
  }

  /** The next block; undefined at the end. @throws OverlongLine, and what the source throws */
  async next(): Promise<Block | undefined> {
    if (this.atEnd) return undefined;
    let aim = Math.max(this.size, 2 * this.carry.length);
    let memory = this.memory(aim);
    let length = this.carry.copy(memory.bytes);
    for (;;) {
      const { bytes } = memory;
      length = await this.fill(bytes, length, aim);
      if (this.ended) {
        if (length > 0 && bytes[length - 1] !== LF) bytes[length++] = LF;
        this.carry = Buffer.alloc(0);
        return length === 0 ? undefined : { memory, length };
      }
      const end = lastRecordEnd(bytes, length, this.delimiter);
      if (end > 0) {
        this.carry = Buffer.from(bytes.subarray(end, length));
        return { memory, length: end };
      }
      if (length >= LONGEST_LINE) throw new OverlongLine();
      aim = Math.min(2 * aim, LONGEST_LINE);
      const longer = this.memory(aim);
      bytes.copy(longer.bytes, 0, 0, length);
      memory = longer;
    }
  }

  /** Give a block's memory back when its content is no longer needed. */
  release(memory: BlockMemory): void {
    this.free.push(memory);
  }

  /** Room for `size` bytes, and one more for the line end that a file may lack. */
  private memory(size: number): BlockMemory {
    const known = this.free.pop();
    return known !== undefined && known.bytes.length > size ? known : this.allocate(size + 1);
  }

  /** Read until there are `aim` bytes; what a single read gives must not decide about a cut. */
  private async fill(bytes: Buffer, from: number, aim: number): Promise<number> {
    let length = from;
    while (length < aim && !this.ended) {
      const count = await this.source.read(bytes.subarray(length, aim));
      if (count === 0) this.ended = true;
      length += count;
    }
    return length;
  }
}
