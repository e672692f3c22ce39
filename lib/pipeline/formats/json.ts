import type { Yaml, YamlMap } from "../yaml/value.js";

const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const BLANKS = /[ \t\n\r]*/y;
const WORDS: Readonly<Record<string, Yaml>> = {
  null: null,
  true: true,
  false: false,
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
};

/**
 * Read JSON as Python's `json.loads` does: integers of any size and floats stay apart, NaN and Infinity are numbers, of
 * keys that are given twice the last one counts.
 * @throws SyntaxError that names line and column
 */
export function parseJson(text: string): Yaml {
  return new Reader(text).document();
}

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  document(): Yaml {
    if (this.text.startsWith("\ufeff")) {
      throw new SyntaxError("Unexpected UTF-8 BOM (decode using utf-8-sig); save the file without it");
    }
    const value = this.value();
    if (this.at < this.text.length) throw this.fault("the end");
    return value;
  }

  private value(): Yaml {
    this.blanks();
    const value = this.inner();
    this.blanks();
    return value;
  }

  private inner(): Yaml {
    if (this.take("{")) return this.mapping();
    if (this.take("[")) return this.list();
    const text = this.match(STRING);
    if (text !== undefined) return JSON.parse(text[0]) as string;
    const word = Object.keys(WORDS).find((each) => this.text.startsWith(each, this.at));
    if (word !== undefined) {
      this.at += word.length;
      return WORDS[word];
    }
    const number = this.match(NUMBER);
    if (number === undefined) throw this.fault("a value");
    return number[1] === undefined && number[2] === undefined ? BigInt(number[0]) : Number(number[0]);
  }

  private mapping(): YamlMap {
    const map: YamlMap = new Map();
    this.blanks();
    if (this.take("}")) return map;
    do {
      this.blanks();
      const key = this.match(STRING);
      if (key === undefined) throw this.fault("a key in double quotes");
      this.blanks();
      if (!this.take(":")) throw this.fault('":"');
      map.set(JSON.parse(key[0]) as string, this.value());
    } while (this.take(","));
    if (!this.take("}")) throw this.fault('"," or "}"');
    return map;
  }

  private list(): Yaml[] {
    const list: Yaml[] = [];
    this.blanks();
    if (this.take("]")) return list;
    do list.push(this.value());
    while (this.take(","));
    if (!this.take("]")) throw this.fault('"," or "]"');
    return list;
  }

  private blanks(): void {
    this.match(BLANKS);
  }

  private take(sign: string): boolean {
    if (this.text[this.at] !== sign) return false;
    this.at++;
    return true;
  }

  private match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text) ?? undefined;
    if (found !== undefined) this.at += found[0].length;
    return found;
  }

  private fault(expected: string): SyntaxError {
    const before = this.text.slice(0, this.at).split("\n");
    const found = this.at < this.text.length ? JSON.stringify(this.text[this.at]) : "the end";
    const column = (before.at(-1) as string).length + 1;
    return new SyntaxError(
      `expected ${expected}, found ${found}, in line ${before.length}, column ${column}`,
    );
  }
}
