import { chooseStyle, type Folding, Ink } from "./scalar.js";
import { floatText, isList, isMap, type Scalar, type Yaml, YamlDate, type YamlMap } from "./value.js";

export type { Folding };

const LONG_KEY = 123;

/**
 * Write data as DVC's YAML layer (ruamel.yaml >= 0.18.13) does: block style, width 80, and an anchor `id001` where the
 * same list or mapping is met again. One document, LF, final newline.
 */
export function writeYaml(value: YamlMap, folding: Folding = "words"): string {
  const writer = new Writer(anchorsOf(value), new Ink(folding));
  if (value.size === 0) return "{}\n";
  writer.map(value, 0);
  return writer.ink.text();
}

/** Names of the containers that are met more than once, in the order in which they are met for the second time. */
function anchorsOf(root: Yaml): Map<object, string> {
  const met = new Set<object>();
  const names = new Map<object, string>();
  const visit = (value: Yaml): void => {
    if (!isMap(value) && !isList(value)) return;
    if (met.has(value)) {
      if (!names.has(value)) names.set(value, `id${String(names.size + 1).padStart(3, "0")}`);
      return;
    }
    met.add(value);
    for (const item of isMap(value) ? value.values() : value) visit(item);
  };
  visit(root);
  return names;
}

class Writer {
  private readonly written = new Set<object>();

  constructor(
    private readonly anchors: Map<object, string>,
    readonly ink: Ink,
  ) {}

  /** The entries of a mapping; the first one starts where the pen is, the others at `column`. */
  map(map: YamlMap, column: number): void {
    let first = true;
    for (const [key, value] of map) {
      if (!first) this.ink.indent(column);
      first = false;
      this.key(key, column);
      this.value(value, column, column);
    }
  }

  private list(list: readonly Yaml[], column: number): void {
    let first = true;
    for (const item of list) {
      if (!first) this.ink.indent(column);
      first = false;
      this.ink.write("-");
      this.item(item, column);
    }
  }

  private key(key: Scalar, column: number): void {
    const text = scalarText(key);
    const isText = typeof key === "string";
    const explicit = isText && ([...text].length >= LONG_KEY || /[\n\u0085\u2028\u2029]/.test(text));
    if (explicit) {
      this.ink.write("? ");
      this.ink.scalar(text, chooseStyle(text, { key: true }), column + 2, false);
      this.ink.indent(column);
      this.ink.write(":");
      return;
    }
    this.ink.scalar(text, isText ? chooseStyle(text, { key: true }) : "plain", column + 2, false);
    this.ink.write(":");
  }

  /** What follows `key:`; a list has its dashes in the column of the key. */
  private value(value: Yaml, column: number, listColumn: number): void {
    if (this.simple(value, column)) return;
    this.anchor(value as object);
    if (isMap(value)) {
      this.ink.indent(column + 2);
      this.map(value, column + 2);
    } else {
      this.ink.indent(listColumn);
      this.list(value as Yaml[], listColumn);
    }
  }

  /** What follows a dash. */
  private item(value: Yaml, column: number): void {
    if (value === null) {
      this.ink.write(" ");
      return;
    }
    if (this.simple(value, column)) return;
    if (this.anchor(value as object)) this.ink.indent(column + 2);
    else this.ink.write(" ");
    if (isMap(value)) this.map(value, column + 2);
    else this.list(value as Yaml[], column + 2);
  }

  /** Scalars, aliases and empty containers stay on the line. */
  private simple(value: Yaml, column: number): boolean {
    if (value === null) return true;
    if (isMap(value) || isList(value)) {
      const name = this.anchors.get(value);
      if (name !== undefined && this.written.has(value)) {
        this.ink.write(` *${name}`);
        return true;
      }
      if ((isMap(value) ? value.size : value.length) > 0) return false;
      this.anchor(value);
      this.ink.write(isMap(value) ? " {}" : " []");
      return true;
    }
    this.ink.write(" ");
    const style = typeof value === "string" ? chooseStyle(value) : "plain";
    this.ink.scalar(scalarText(value), style, column + 2, true);
    return true;
  }

  private anchor(value: object): boolean {
    const name = this.anchors.get(value);
    if (name === undefined) return false;
    this.written.add(value);
    this.ink.write(` &${name}`);
    return true;
  }
}

function scalarText(value: Scalar | YamlDate): string {
  if (value === null) return "";
  if (value instanceof YamlDate) return value.text;
  if (typeof value !== "number") return String(value);
  return Number.isFinite(value) ? floatText(value) : floatText(value).replace(/(inf|nan)$/, ".$1");
}
