import { UsageError } from "../base/errors.js";
import { floatText, isMap, type Scalar, type Yaml, type YamlMap } from "./yaml/value.js";

/** One `-S` option, taken apart: what is to be done to which key. */
export interface Override {
  /** change: the key must be there; add: it must not; force: either; delete: with a value, only when it is that value. */
  readonly kind: "change" | "add" | "force" | "delete";
  readonly key: readonly string[];
  /** Undefined for `~key`. */
  readonly value?: Yaml;
  /** As it was typed, without the file's name. */
  readonly line: string;
}

const KINDS = { "": "change", "+": "add", "++": "force", "~": "delete" } as const;
const SWEEPS = ["choice", "range", "interval", "shuffle", "sort", "tag", "glob"];
const CASTS = ["int", "float", "str", "bool"];
const GRAMMAR = "Write key=value, +key=value to add, ++key=value for either, or ~key to delete.";

/**
 * Parse Hydra's basic override grammar, as `dvc exp run -S` takes it: `a.b=1`, `+a.b=1`, `++a.b=1`, `~a.b`, `~a.b=1`;
 * values are integers, floats, true, false, null, bare or quoted texts, `[1, 2]` and `{k: v}`.
 * @throws UsageError for what the grammar does not have, and for sweeps and functions, which are refused by name
 * Source: hydra 1.3, grammar/OverrideLexer.g4 and OverrideParser.g4.
 */
export function parseOverride(line: string): Override {
  const [, sign, keyText, equals, rest] = /^(\+\+|\+|~|)([^=]*)(=?)(.*)$/s.exec(line) as RegExpExecArray;
  const kind = KINDS[sign as keyof typeof KINDS];
  if (keyText.includes("@")) {
    const group = keyText.slice(0, keyText.indexOf("@"));
    throw wrong(
      line,
      `it looks like a config group override, but config group '${group}' does not exist. ${GRAMMAR}`,
    );
  }
  // Hydra's keys are narrower; what follows is not one of its tokens in any place.
  if (keyText === "" || /[\s[\](){}'"~+,:]|^\.|\.$|\.\./.test(keyText)) {
    throw wrong(line, `expected key=value, found the key '${keyText}'. ${GRAMMAR} (Items of a list: a.0=1.)`);
  }
  const key = keyText.split(".");
  if (equals === "") {
    if (kind === "delete") return { kind, key, line };
    throw wrong(line, `expected key=value, found no "=". ${GRAMMAR}`);
  }
  return { kind, key, value: new ValueReader(rest, line).whole(), line };
}

function wrong(line: string, message: string): UsageError {
  return new UsageError(`Invalid \`--set-param\` value '${line}': ${message}`);
}

const INTEGER = /^[+-]?(0|[1-9](_?[0-9])*)$/;
const FLOAT =
  /^[+-]?(((0|[1-9](_?[0-9])*)\.|(0|[1-9](_?[0-9])*)?\.[0-9](_?[0-9])*|(0|[1-9](_?[0-9])*))([eE][+-]?[0-9](_?[0-9])*)?|inf|nan)$/i;
const PLAIN_CHAR = /[A-Za-z0-9_/\-\\+.$%*@?| \t:]/;
const ESCAPED = /\\([\\()[\]{}:=, \t])/g;

class ValueReader {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly line: string,
  ) {}

  whole(): Yaml {
    this.blanks();
    if (this.at === this.text.length) return "";
    const value = this.element();
    this.blanks();
    if (this.peek() === ",") throw this.sweep();
    if (this.at < this.text.length) throw this.unexpected();
    return value;
  }

  private element(inMap = false): Yaml {
    this.blanks();
    const char = this.peek();
    if (char === "[") return this.list();
    if (char === "{") return this.map();
    if (char === "'" || char === '"') return this.quoted();
    const call = /^([A-Za-z_][\w-]*)[ \t]*\(/.exec(this.text.slice(this.at));
    if (call !== null) throw this.call(call[1]);
    return this.primitive(inMap);
  }

  private list(): Yaml {
    this.at++;
    const items: Yaml[] = [];
    for (;;) {
      this.blanks();
      if (items.length === 0 && this.take("]")) return items;
      items.push(this.element());
      this.blanks();
      if (this.take("]")) return items;
      if (!this.take(",")) throw this.unexpected();
    }
  }

  private map(): Yaml {
    this.at++;
    const map: YamlMap = new Map();
    for (;;) {
      this.blanks();
      if (map.size === 0 && this.take("}")) return map;
      const key = this.primitive(true);
      this.blanks();
      if (!this.take(":")) throw this.unexpected();
      if (key === null) throw wrong(this.line, "null cannot be a key.");
      map.set(key, this.element());
      this.blanks();
      if (this.take("}")) return map;
      if (!this.take(",")) throw this.unexpected();
    }
  }

  private quoted(): string {
    const quote = this.text[this.at];
    let end = this.at + 1;
    while (end < this.text.length && this.text[end] !== quote) end += this.text[end] === "\\" ? 2 : 1;
    if (end >= this.text.length) throw wrong(this.line, `the quote ${quote} is not closed.`);
    const inner = this.text.slice(this.at + 1, end);
    this.at = end + 1;
    // Only backslashes before a quote (or the end) escape; others stand for themselves.
    return inner.replace(new RegExp(`(\\\\+)(${quote}|$)`, "g"), (_, slashes: string, after: string) =>
      after === "" ? slashes.slice(slashes.length / 2) : slashes.slice((slashes.length + 1) / 2) + after,
    );
  }

  /** An unquoted value; as a mapping's key it ends at a colon. */
  private primitive(isKey: boolean): Scalar {
    const start = this.at;
    let token = "";
    while (this.at < this.text.length) {
      const rest = this.text.slice(this.at);
      const escaped = /^\\[\\()[\]{}:=, \t]/.exec(rest) ?? (isKey ? null : /^\$\{[^}]+\}/.exec(rest));
      const piece = escaped?.[0] ?? rest[0];
      if (escaped === null && (!PLAIN_CHAR.test(piece) || (isKey && piece === ":"))) break;
      token += piece;
      this.at += piece.length;
    }
    const bare = token.replace(/^[ \t]+/, "").replace(/(?<!(?:^|[^\\])(?:\\\\)*\\)[ \t]+$/, "");
    if (bare === "" || start === this.at) throw this.unexpected();
    if (INTEGER.test(bare)) return BigInt(bare.replaceAll("_", "").replace("+", ""));
    if (FLOAT.test(bare)) return toFloat(bare.replaceAll("_", ""));
    if (/^(true|false)$/i.test(bare)) return bare.toLowerCase() === "true";
    if (/^null$/i.test(bare)) return null;
    return bare.replace(ESCAPED, "$1");
  }

  private call(name: string): UsageError {
    if (name === "glob") return wrong(this.line, `Glob override '${this.line}' is not supported.`);
    if (SWEEPS.includes(name)) return this.sweep();
    if (CASTS.includes(name)) return wrong(this.line, `${name}() is not supported. Write the value itself.`);
    return wrong(this.line, `Unknown function '${name}'. Quote the value if it is a text.`);
  }

  private sweep(): UsageError {
    return new UsageError(
      `Sweep overrides can't be used without \`--queue\` ('${this.line}'), which nidslab does not have. ` +
        "Call it once for each value, write a list as [a,b], or quote a text that has a comma.",
    );
  }

  private unexpected(): UsageError {
    const found = this.at < this.text.length ? `'${this.text[this.at]}'` : "the end";
    return wrong(
      this.line,
      `unexpected ${found} in '${this.text}'. Quote a text that has other than letters, digits and _/-+.$%*@?|: in it.`,
    );
  }

  private peek(): string | undefined {
    return this.text[this.at];
  }

  private take(char: string): boolean {
    if (this.text[this.at] !== char) return false;
    this.at++;
    return true;
  }

  private blanks(): void {
    while (this.text[this.at] === " " || this.text[this.at] === "\t") this.at++;
  }
}

function toFloat(text: string): number {
  const lower = text.toLowerCase();
  if (lower.endsWith("inf")) return lower[0] === "-" ? -Infinity : Infinity;
  return lower.endsWith("nan") ? Number.NaN : Number(lower);
}

/** A value as an override has it, so that `parseOverride` gives it back. */
export function overrideText(value: Yaml): string {
  if (Array.isArray(value)) return `[${value.map(overrideText).join(",")}]`;
  if (isMap(value))
    return `{${[...value].map(([key, item]) => `${overrideText(key)}:${overrideText(item)}`).join(",")}}`;
  if (typeof value === "number") return floatText(value);
  if (typeof value !== "string") return String(value);
  const isBare = /^[A-Za-z_/][\w/.-]*$/.test(value) && !/^(true|false|null|inf|nan)$/i.test(value);
  return isBare
    ? value
    : `'${value.replace(/(\\*)('|$)/g, (_, slashes: string, quote: string) => slashes + slashes + (quote === "" ? "" : "\\'"))}'`;
}
