import { type Yaml, YamlDate } from "../yaml/value.js";

/** A piece of a line of Python. `value` is there for literals that a parameter can be. */
export interface Token {
  readonly kind: "name" | "number" | "string" | "sign";
  readonly text: string;
  readonly value?: Yaml;
}

/** A logical line: brackets and backslashes join lines. */
export interface Line {
  readonly indent: number;
  readonly tokens: readonly Token[];
}

const NAME = /[\p{L}_][\p{L}\p{N}_]*/uy;
const NUMBER =
  /0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*(\.[\d_]*)?|(\.\d[\d_]*))([eE][+-]?\d[\d_]*)?([jJ]?)/y;
const STRING = /([rRuUbBfFtT]{0,2})("""|'''|"|')/y;
const SIGN = /\*\*=?|\/\/=?|>>=?|<<=?|\.\.\.|->|:=|[-+*/%&|^@=!<>]=|[-+*/%&|^~@=<>()[\]{},:;.!]/y;
const SPACE = /[ \t\f]+|\\\r?\n|#[^\n]*/y;
const NEWLINE = /\r?\n/y;
const OPEN = "([{";
const CLOSE = ")]}";

/** @throws SyntaxError for a text without end, a bracket without partner and signs that Python does not have */
export function pythonLines(text: string): Line[] {
  const lines: Line[] = [];
  const open: string[] = [];
  let tokens: Token[] = [];
  let at = 0;
  let lineStart = 0;
  let indent = 0;
  const match = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text) ?? undefined;
  };
  const fault = (what: string): SyntaxError =>
    new SyntaxError(`${what}, in line ${text.slice(0, at).split("\n").length}`);
  while (at < text.length) {
    const newline = match(NEWLINE);
    if (newline !== undefined) {
      at += newline[0].length;
      if (open.length > 0) continue;
      if (tokens.length > 0) lines.push({ indent, tokens });
      tokens = [];
      lineStart = at;
      continue;
    }
    const space = match(SPACE);
    if (space !== undefined) {
      at += space[0].length;
      continue;
    }
    if (tokens.length === 0) indent = columns(text.slice(lineStart, at));
    const string = match(STRING);
    const name = string === undefined ? match(NAME) : undefined;
    const number = match(NUMBER);
    if (string !== undefined) {
      const [whole, prefix, quote] = string;
      const from = at + whole.length;
      const end = endOfString(text, from, quote);
      if (end === undefined) throw fault(`the text after ${quote} has no end`);
      tokens.push({ kind: "string", text: whole, value: stringValue(text.slice(from, end), prefix) });
      at = end + quote.length;
    } else if (name !== undefined) {
      tokens.push({ kind: "name", text: name[0] });
      at += name[0].length;
    } else if (number !== undefined) {
      tokens.push({ kind: "number", text: number[0], value: numberValue(number) });
      at += number[0].length;
    } else {
      const sign = match(SIGN)?.[0];
      if (sign === undefined) throw fault(`${JSON.stringify(text[at])} is not Python`);
      if (OPEN.includes(sign)) open.push(sign);
      else if (CLOSE.includes(sign) && OPEN.indexOf(open.pop() ?? " ") !== CLOSE.indexOf(sign)) {
        throw fault(`"${sign}" closes nothing`);
      }
      tokens.push({ kind: "sign", text: sign });
      at += sign.length;
    }
  }
  if (open.length > 0) throw fault(`"${open.at(-1)}" is not closed`);
  if (tokens.length > 0) lines.push({ indent, tokens });
  return lines;
}

function columns(blanks: string): number {
  let column = 0;
  for (const blank of blanks) column = blank === "\t" ? column + 8 - (column % 8) : column + 1;
  return column;
}

function endOfString(text: string, from: number, quote: string): number | undefined {
  for (let at = from; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text.startsWith(quote, at)) return at;
    else if (text[at] === "\n" && quote.length === 1) return undefined;
  }
  return undefined;
}

/** @returns undefined for an f-string, which is an expression */
function stringValue(raw: string, prefix: string): Yaml | undefined {
  const kind = prefix.toLowerCase();
  if (/[ft]/.test(kind)) return undefined;
  if (kind.includes("b")) return new YamlDate(raw, "bytes");
  const text = raw.replaceAll("\r\n", "\n");
  return kind.includes("r") ? text : unescaped(text);
}

const ESCAPE =
  /\\(?:\n|([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|N\{[^}]*\}|([\\'"abfnrtv]))/g;
const NAMED: Readonly<Record<string, string>> = {
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** @returns undefined for a character by its Unicode name */
function unescaped(text: string): string | undefined {
  if (/(?<!\\)(?:\\\\)*\\N\{/.test(text)) return undefined;
  return text.replace(ESCAPE, (_, octal, two, four, eight, named: string | undefined) => {
    if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
    const code = two ?? four ?? eight;
    if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
    return named === undefined ? "" : (NAMED[named] ?? named);
  });
}

function numberValue(match: RegExpExecArray): Yaml {
  const [text, fraction, bare, exponent, imaginary] = match;
  const digits = text.replaceAll("_", "");
  if (imaginary) return new YamlDate(digits, "complex");
  const isFloat = fraction !== undefined || bare !== undefined || exponent !== undefined;
  return isFloat ? Number(digits) : BigInt(digits);
}
