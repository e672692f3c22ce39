import { FormatError } from "../../base/errors.js";
import { shownPath } from "../../base/files.js";
import { OverlongLine, openText, overlongLine } from "../bytes/source.js";
import { ThreadTeam } from "../threads.js";
import { Assembler } from "./assemble.js";
import { type Block, BlockReader } from "./blocks.js";
import { copied, viewsOf } from "./columns.js";
import { BlockMemory } from "./memory.js";
import type { CsvBatch, CsvCounts, CsvOptions, CsvPlan } from "./plan.js";
import { ownThread, type Parsed, type Parsers, teamThreads } from "./pool.js";
import { cellsOf, isBlankLine, isRecord, rawRecord } from "./records.js";

const LF = 10;
const BLOCK = 2 ** 22;
const WORKERS = 2;

/**
 * Read a delimited file in batches of rows, in file order, in constant memory; gzip, UTF-16 and CR line ends as `openText`
 * says. What was left out or mended is counted by line.
 *
 * Dropped: `too_few_fields`, `too_many_fields`, `bad_value_<column>`, `repeated_header`, `empty_row` (delimiters only),
 * `nul_byte`, `unclosed_quote` (reading goes on at the next line), `text_after_quote`. Repaired: `blank_line` and
 * `comment` (no records), `crlf`, `infinite_<column>` (also 1e400) and `not_a_number_<column>` (a missing value now), `windows_1252` (a text that is
 * not UTF-8), and what `openText` repairs. A file with nothing but a header has no rows and is no error.
 * @throws FormatError when the file is empty, begins with another header, has a line of more than 64 MiB or a gzip stream
 *   that is truncated, corrupt or a bomb; DataError when it is not there, is no regular file or changes while it is read
 */
export async function* scanCsv(
  path: string,
  plan: CsvPlan,
  counts: CsvCounts,
  options: CsvOptions = {},
): AsyncGenerator<CsvBatch, void> {
  const source = await openText(path, counts.repaired);
  const team = ThreadTeam.join();
  const blockBytes = options.blockBytes ?? BLOCK;
  const made: BlockMemory[] = [];
  let parsers: Parsers | undefined;
  try {
    const blocks = new BlockReader(source, plan.delimiter.charCodeAt(0), blockBytes, (size) => {
      const memory = blockMemory(team.spare, plan.width, plan.columns.length, size);
      made.push(memory);
      return memory;
    });
    const assembler = new Assembler(plan, counts, options.batchRows ?? 1);
    const start = await begin(path, blocks, plan, counts).catch((error) => {
      throw faultOf(error, path, 1);
    });
    assembler.skip(start.lines);
    let block: Block | undefined = start.block;
    const queue: Promise<Parsed>[] = [];
    const workers = blocks.atEnd ? 0 : (options.workers ?? WORKERS);
    parsers =
      workers > 0
        ? teamThreads({ plan, header: start.header }, team, workers)
        : ownThread({ plan, header: start.header });
    let failure: unknown;
    const lent: BlockMemory[] = [];
    while (block !== undefined || queue.length > 0) {
      while (block !== undefined && queue.length < parsers.room) {
        const parsed = parsers.parse(block);
        parsed.catch(() => undefined); // it is thrown when its turn comes
        queue.push(parsed);
        try {
          block = await blocks.next();
        } catch (error) {
          // What comes before the fault is given first.
          failure = error;
          block = undefined;
        }
      }
      const { facts, memory } = (await queue.shift()) as Parsed;
      const views = viewsOf(memory, facts, plan);
      const batch = assembler.add(options.passing === true ? views : copied(views));
      if (options.passing === true) lent.push(memory);
      else blocks.release(memory);
      if (batch === undefined) continue;
      yield batch;
      for (const rested of lent.splice(0)) blocks.release(rested);
    }
    const rest = assembler.rest();
    if (rest !== undefined) yield rest;
    if (failure !== undefined) throw faultOf(failure, path, assembler.linesBefore + 1);
    // Only now is it sure that no thread writes to them any more.
    team.spare.push(...made.filter(({ bytes }) => bytes.length === blockBytes + 1));
  } finally {
    parsers?.end();
    await team.leave();
    await source.close();
  }
}

/** A spare memory, or a new one. */
function blockMemory(spare: BlockMemory[], fields: number, columns: number, size: number): BlockMemory {
  const at = spare.findIndex((memory) => memory.is(fields, columns, size));
  return at < 0 ? new BlockMemory(fields, columns, size) : spare.splice(at, 1)[0];
}

/** The first block without the header record and what stands before it. */
async function begin(
  path: string,
  blocks: BlockReader,
  { delimiter, header, preamble = 0 }: CsvPlan,
  { repaired }: CsvCounts,
): Promise<{ block: Block; header: Buffer; lines: number }> {
  const first = await blocks.next();
  if (first === undefined) throw new FormatError(`read: ${shownPath(path)} is empty (0 bytes of text).`);
  const block = withoutLines(first, preamble);
  if (header === null) return { block, header: Buffer.alloc(0), lines: preamble };
  const { memory, length } = block;
  const { bytes } = memory;
  let lines = preamble;
  for (let at = 0; at < length; ) {
    const record = rawRecord(bytes, at, length, delimiter.charCodeAt(0));
    lines += record.lines;
    if (record.crlf) repaired.add("crlf", lines);
    if (!isBlankLine(record)) {
      if (!isRecord(record, header)) throw otherHeader(path, lines, header, cellsOf(record));
      const written = Buffer.from(bytes.subarray(at, record.next - (record.crlf ? 2 : 1)));
      bytes.copyWithin(0, record.next, length);
      return { block: { memory, length: length - record.next }, header: written, lines };
    }
    repaired.add("blank_line", lines);
    at = record.next;
  }
  throw new FormatError(`read: ${shownPath(path)} is empty: it holds blank lines only.`);
}

/** A block without its first lines. */
function withoutLines(block: Block, lines: number): Block {
  const { memory, length } = block;
  const { bytes } = memory;
  let at = 0;
  for (let skipped = 0; skipped < lines && at < length; skipped++) at = bytes.indexOf(LF, at) + 1;
  if (at === 0) return block;
  bytes.copyWithin(0, at, length);
  return { memory, length: length - at };
}

function otherHeader(
  path: string,
  line: number,
  expected: readonly string[],
  found: readonly string[],
): FormatError {
  const field = expected.findIndex((cell, i) => cell.trim() !== found[i]?.trim());
  const at = field < 0 ? expected.length : field;
  const shown = (cell: string | undefined): string => (cell === undefined ? "nothing" : JSON.stringify(cell));
  return new FormatError(
    `read: ${shownPath(path)}: line ${line} is not the header that was expected: field ${at + 1} is ` +
      `${shown(found[at])}, not ${shown(expected[at])}.`,
  );
}

function faultOf(error: unknown, path: string, line: number): unknown {
  return error instanceof OverlongLine ? overlongLine(path, line) : error;
}
