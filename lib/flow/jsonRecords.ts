/** One JSON object of a line, and the text that it was read from. */
export interface JsonRecord {
  readonly object: Record<string, unknown>;
  readonly text: string;
}

/** What a line of a JSON-lines file holds: one record, as it should be, or what a torn write left of several. */
export interface JsonLine {
  /** The whole objects, in their order. */
  readonly records: readonly JsonRecord[];
  /** Pieces beside them that are not whole. */
  readonly torn: number;
}

/** A text that is one JSON object; undefined for other text. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined; // counted by the caller
  }
}

/**
 * The records of a line. Two writers, or one that was killed, leave `{…}{…}`, `{…} {…}`, `{…}{…` or `{…{…}` on one line:
 * whole objects are records, the rest is torn. A cut object ends where a text begins as the line does (records of a log
 * have the same first key).
 * @returns undefined when the line is no object, nor several pieces of some
 */
export function readRecords(line: string): JsonLine | undefined {
  const object = parseObject(line);
  if (object !== undefined) return { records: [{ object, text: line }], torn: 0 };
  const ways = [balanced(line), cutAtFirstKey(line)].map((texts) => {
    const records = texts.flatMap((text) => {
      const found = parseObject(text);
      return found === undefined ? [] : [{ object: found, text }];
    });
    return { records, torn: texts.length - records.length };
  });
  const [best] = ways.sort((a, b) => b.records.length - a.records.length || b.torn - a.torn);
  return best.records.length + best.torn > 1 ? best : undefined;
}

/** Cut after each closing brace that is a top-level object's last; the rest is the last piece. */
function balanced(line: string): string[] {
  const pieces: string[] = [];
  let depth = 0;
  let from = 0;
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const c = line[i];
    if (quoted) {
      if (c === "\\") i++;
      else if (c === '"') quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === "{") depth++;
    else if (c === "}" && --depth === 0) {
      pieces.push(line.slice(from, i + 1).trim());
      from = i + 1;
    }
  }
  const rest = line.slice(from).trim();
  return rest === "" ? pieces : [...pieces, rest];
}

/** Cut before each brace that the line's first key follows. */
function cutAtFirstKey(line: string): string[] {
  const begin = /^\s*(\{\s*"(?:[^"\\]|\\.)*"\s*:)/.exec(line)?.[1];
  if (begin === undefined) return [line];
  return line
    .split(begin)
    .slice(1)
    .map((piece) => begin + piece.trim());
}
