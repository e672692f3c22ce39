import { isTyped } from "./plain.js";

const WIDTH = 80;
/**
 * Where plain texts are folded: `words` moves a word that would cross the width to the next line (ruamel.yaml >= 0.18.13),
 * `long words` only one that is longer than the width (0.17.22 to 0.18.12).
 */
export type Folding = "words" | "long words";
export type Style = "plain" | "single" | "double";

const BREAK = /[\n\u0085\u2028\u2029]/;
// Everything but line feed, printable ASCII, U+0085 and printable Unicode (without the byte order mark).
const SPECIAL = /[^\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;
const INDICATOR_FIRST = /^[#,[\]{}&*!|>'"%@`]/;

/** The style in which DVC's YAML layer writes a text. */
export function chooseStyle(text: string, { key = false } = {}): Style {
  const multiline = BREAK.test(text);
  const special = SPECIAL.test(text);
  const plain =
    !isTyped(text) &&
    text !== "" &&
    !multiline &&
    !special &&
    !/^ | $/.test(text) &&
    !/^(---|\.\.\.)/.test(text) &&
    !INDICATOR_FIRST.test(text) &&
    !/^[?:-](\s|$)/.test(text) &&
    !/:(\s|$)/.test(text) &&
    !/\s#/.test(text);
  if (plain && !(key && (text === "" || multiline))) return "plain";
  if (text.includes("'") || text.includes("\n")) return "double";
  const blankByBreak = / [\n\u0085\u2028\u2029]|[\n\u0085\u2028\u2029] /.test(text);
  return special || blankByBreak ? "double" : "single";
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\0": "0",
  "\x07": "a",
  "\b": "b",
  "\t": "t",
  "\n": "n",
  "\v": "v",
  "\f": "f",
  "\r": "r",
  "\x1b": "e",
  '"': '"',
  "\\": "\\",
  "\x85": "N",
  "\u2028": "L",
  "\u2029": "P",
};

function escapeOf(char: string): string {
  const short = ESCAPES[char];
  if (short !== undefined) return `\\${short}`;
  const code = char.codePointAt(0) as number;
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hex.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}

/** A pen that knows its column, in code points; folds as ruamel.yaml does. */
export class Ink {
  private readonly pieces: string[] = [];
  private column = 0;

  constructor(private readonly folding: Folding = "words") {}

  text(): string {
    return `${this.pieces.join("")}\n`;
  }

  /** Write on the present line. */
  write(text: string): void {
    this.pieces.push(text);
    this.column += length(text);
  }

  /** A new line that starts at `column`. */
  indent(column: number): void {
    this.pieces.push("\n", " ".repeat(column));
    this.column = column;
  }

  /** @param fold whether blanks may become line breaks (not in keys) */
  scalar(text: string, style: Style, indent: number, fold: boolean): void {
    if (style === "plain") this.plain(text, indent, fold);
    else if (style === "single") this.single(text, indent, fold);
    else this.double([...text], indent, fold);
  }

  private plain(text: string, indent: number, fold: boolean): void {
    for (const run of text.match(/ +|[^ ]+/g) ?? []) {
      if (run[0] === " ") {
        const late = this.folding === "words" ? this.column >= WIDTH : this.column > WIDTH;
        if (run === " " && fold && late) this.indent(indent);
        else this.write(run);
      } else {
        const reach = this.folding === "words" ? this.column + length(run) : length(run);
        if (reach > WIDTH && this.column > indent) this.indent(indent);
        this.write(run);
      }
    }
  }

  private single(text: string, indent: number, fold: boolean): void {
    this.write("'");
    const runs = text.match(/ +|[\n\u0085\u2028\u2029]+|[^ \n\u0085\u2028\u2029]+/g) ?? [];
    runs.forEach((run, i) => {
      const inside = i > 0 && i < runs.length - 1;
      if (run === " " && fold && inside && this.column > WIDTH) this.indent(indent);
      else if (BREAK.test(run)) {
        // A line break character stands for itself; the next line is indented.
        this.pieces.push(run, " ".repeat(indent));
        this.column = indent;
      } else this.write(run);
    });
    this.write("'");
  }

  /** The scan of ruamel.yaml's write_double_quoted, over code points. */
  private double(text: readonly string[], indent: number, fold: boolean): void {
    const n = text.length;
    const part = (from: number, to: number): string => text.slice(from, Math.max(from, to)).join("");
    const printable = (char: string): boolean =>
      !/["\\\x85\u2028\u2029\ufeff\n]/.test(char) && !SPECIAL.test(char);
    this.write('"');
    let start = 0;
    for (let end = 0; end <= n; end++) {
      const char = end < n ? text[end] : undefined;
      if (char === undefined || !printable(char)) {
        if (start < end) {
          this.write(part(start, end));
          start = end;
        }
        if (char !== undefined) {
          this.write(escapeOf(char));
          start = end + 1;
        }
      }
      if (!fold || !(0 < end && end < n - 1) || !(char === " " || start >= end)) continue;
      if (this.column + (end - start) <= WIDTH) continue;
      this.write(part(start, end) + (needsSlash(text, start, end) ? "\\" : ""));
      const slash = needsSlash(text, start, end);
      if (start < end) start = end;
      this.indent(indent);
      if (text[start] === " ") {
        if (slash) this.write("\\");
        else start++;
      }
    }
    this.write('"');
  }
}

function needsSlash(text: readonly string[], start: number, end: number): boolean {
  let p = text.indexOf(" ", end);
  const q = text.indexOf("\n", end);
  if (p > 0 && q >= 0 && q < p) p = q;
  if (p <= 0 || p + 1 >= text.length) return true;
  const next = text[p + 1];
  if (text[p] === "\n" && next !== " ") return true;
  const quoteBefore = text.slice(end, p).some((c) => c === '"' || c === "'");
  const twoBlanks = text[end - 1] === " " && text[end] === " ";
  return quoteBefore || next === " " || next === "\n" || twoBlanks || start === end;
}

function length(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
