import type { TextColumn } from "../table/table.js";

/**
 * Zeek's history letters. Upper case is the originator's, lower case the responder's; the names keep the sides apart
 * because column names must differ in more than case.
 */
const letters: Readonly<Record<string, string>> = {
  s: "syn",
  h: "synack",
  a: "ack",
  d: "data",
  f: "fin",
  r: "rst",
  c: "bad_checksum",
  g: "gap",
  t: "retransmit",
  w: "zero_window",
  i: "inconsistent",
  q: "multi_flag",
};

/** A count of each row. */
export interface HistoryColumn {
  readonly name: string;
  readonly values: Float32Array;
}

/**
 * How often each letter occurs in a connection's history, by side, the length of the history, and whether Zeek
 * turned the connection around (`^`). No history counts as an empty one: Zeek leaves it unset when nothing happened.
 * A row that lacks the connection state too is of a dialect that knows neither: its counts are missing.
 * Zeek repeats c, g, t and w at every power of ten, the others are written once a side and phase.
 * Source: https://docs.zeek.org/en/master/scripts/base/protocols/conn/main.zeek.html (history)
 */
export function historyColumns(history: TextColumn, states?: TextColumn): HistoryColumn[] {
  const ofNothing = (row: number): number =>
    states === undefined || states.codes[row] >= 0 ? 0 : Number.NaN;
  const column = (name: string, count: (text: string) => number): HistoryColumn => {
    const counts = history.dictionary.map(count);
    return {
      name: `history_${name}`,
      values: Float32Array.from(history.codes, (code, row) => (code >= 0 ? counts[code] : ofNothing(row))),
    };
  };
  const counted = Object.entries(letters).flatMap(([letter, name]) => [
    column(`orig_${name}`, (text) => occurrences(text, letter.toUpperCase())),
    column(`resp_${name}`, (text) => occurrences(text, letter)),
  ]);
  return [
    ...counted,
    column("length", (text) => text.length),
    column("flipped", (text) => occurrences(text, "^")),
  ];
}

function occurrences(text: string, letter: string): number {
  return text.split(letter).length - 1;
}
