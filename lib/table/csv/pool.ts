import type { TableThread, ThreadTeam } from "../threads.js";
import type { Block } from "./blocks.js";
import type { BlockFacts } from "./columns.js";
import type { BlockMemory } from "./memory.js";
import { BlockParser } from "./parse.js";
import type { CsvPlan } from "./plan.js";

/** Where blocks are parsed, in their own memory. */
export interface Parsers {
  /** How many blocks may be under way. */
  readonly room: number;
  parse(block: Block): Promise<Parsed>;
  /** The scan is over. */
  end(): void;
}

export interface Parsed {
  readonly facts: BlockFacts;
  readonly memory: BlockMemory;
}

/** What the blocks of a file are read by. */
export interface ScanStart {
  readonly plan: CsvPlan;
  readonly header: Uint8Array;
}

/** What a thread is told of a scan; `parse` is answered with the block's facts. */
export type ParseOrder = { readonly scan: number } & (
  | ({ readonly kind: "begin" } & ScanStart)
  | {
      readonly kind: "parse";
      readonly id: number;
      readonly length: number;
      /** Only when the thread gets it for the first time: each sending would make another object of it there. */
      readonly memory?: Pick<BlockMemory, "id" | "kernel" | "places">;
    }
  | { readonly kind: "end" }
);

/** Parse on this thread. */
export function ownThread({ plan, header }: ScanStart): Parsers {
  const parser = new BlockParser(plan, header);
  return {
    room: 1,
    parse: async ({ memory, length }) => {
      parser.take(memory);
      return { facts: parser.parse(memory.id, length), memory };
    },
    end: () => {},
  };
}

let scans = 0;

/** Parse on `count` threads of a team; a block goes to the one that has the fewest orders before it. */
export function teamThreads(start: ScanStart, team: ThreadTeam, count: number): Parsers {
  const scan = scans++;
  const parsers = team.threads(count).map((thread) => new ParserThread(thread, scan, start));
  return {
    room: 2 * count,
    parse: (block) => parsers.reduce((a, b) => (b.load < a.load ? b : a)).parse(block),
    end: () => {
      for (const parser of parsers) parser.end();
    },
  };
}

/** A thread of the team, and what it knows of a scan. */
class ParserThread {
  private readonly sent = new Set<number>();

  constructor(
    private readonly thread: TableThread,
    private readonly scan: number,
    start: ScanStart,
  ) {
    thread.tell({ kind: "begin", scan, ...start });
  }

  get load(): number {
    return this.thread.load;
  }

  async parse({ memory, length }: Block): Promise<Parsed> {
    const { id, kernel, places } = memory;
    const { scan } = this;
    const known = this.sent.has(id);
    this.sent.add(id);
    const facts = await this.thread.ask<BlockFacts>({
      ...{ kind: "parse", scan, id, length },
      ...(known ? {} : { memory: { id, kernel, places } }),
    });
    return { facts, memory };
  }

  end(): void {
    this.thread.tell({ kind: "end", scan: this.scan });
  }
}
