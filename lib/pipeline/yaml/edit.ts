import type { Node, Pair, YAMLMap, YAMLSeq } from "yaml";
import { ParamsError } from "../../base/errors.js";
import { parseNodes, readYaml, yamlPackage } from "./read.js";
import { chooseStyle } from "./scalar.js";
import {
  floatText,
  isList,
  isMap,
  pythonJson,
  type Scalar,
  type Yaml,
  YamlDate,
  type YamlMap,
} from "./value.js";
import { writeYaml } from "./write.js";

const WIDTH = 80;

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/**
 * Make a YAML or JSON text hold `wanted` by changing, adding and removing only the bytes of the values that differ:
 * comments, order and style of everything else stay.
 * @throws ParamsError when that is not possible in place (an anchor that others use, a key in explicit form)
 */
export function editYaml(text: string, name: string, wanted: YamlMap): string {
  const bom = text.startsWith("\ufeff") ? "\ufeff" : "";
  const source = text.slice(bom.length);
  const old = readYaml(source, name);
  const root = parseNodes(source, name).contents as Node | null;
  const editor = new Editor(source, /\.json$/i.test(name));
  if (root === null || !isMap(old)) editor.append(wanted);
  else editor.value(root, old, wanted);
  const result = bom + editor.result();
  let now: Yaml;
  try {
    now = readYaml(result, name) ?? new Map();
  } catch {
    now = null;
  }
  if (!same(now, wanted)) {
    throw new ParamsError(
      `params: ${name} cannot be changed in place there (an anchor, or an unusual form). Edit the file.`,
    );
  }
  return result;
}

/** Equal in value and type: 1 and 1.0 differ, the order of keys does not matter. */
export function same(a: Yaml | undefined, b: Yaml | undefined): boolean {
  if (isList(a)) return isList(b) && a.length === b.length && a.every((item, i) => same(item, b[i]));
  if (isMap(a))
    return (
      isMap(b) && a.size === b.size && [...a].every(([key, item]) => b.has(key) && same(item, b.get(key)))
    );
  if (a instanceof YamlDate) return b instanceof YamlDate && a.text === b.text;
  return Object.is(a, b);
}

class Editor {
  private readonly edits: Edit[] = [];
  private readonly yaml = yamlPackage();

  constructor(
    private readonly text: string,
    private readonly isJson: boolean,
  ) {}

  result(): string {
    // Stable: what is inserted at one place stays in the order in which it was asked for.
    const edits = [...this.edits].sort((a, b) => a.from - b.from);
    let out = "";
    let at = 0;
    for (const edit of edits) {
      out += this.text.slice(at, Math.max(at, edit.from)) + edit.text;
      at = Math.max(at, edit.to);
    }
    return out + this.text.slice(at);
  }

  /** A file without content. */
  append(map: YamlMap): void {
    const break_ = this.text === "" || this.text.endsWith("\n") ? "" : "\n";
    this.edit(this.text.length, this.text.length, this.isJson ? pythonJson(map) : break_ + writeYaml(map));
  }

  value(node: Node, old: Yaml, now: Yaml, pair?: Pair, column = 0): void {
    if (same(old, now)) return;
    const keeps = isMap(old) && isMap(now) && [...old.keys()].some((key) => now.has(key));
    if (keeps && this.yaml.isMap(node) && node.items.length > 0) this.map(node, old, now);
    else if (isList(old) && isList(now) && this.yaml.isSeq(node) && this.list(node, old, now)) return;
    else this.replace(node, now, pair, column);
  }

  private map(node: YAMLMap, old: YamlMap, now: YamlMap): void {
    const column = this.columnOf((node.items[0].key as Node).range?.[0] ?? 0);
    const own = new Set<Scalar>();
    let isAfterKept = false;
    node.items.forEach((pair, i) => {
      const key = this.keyOf(pair);
      own.add(key);
      if (!now.has(key)) this.remove(node, pair, i, isAfterKept);
      else {
        isAfterKept = true;
        if (this.yaml.isNode(pair.value))
          this.value(pair.value, old.get(key) as Yaml, now.get(key) as Yaml, pair, column);
      }
    });
    for (const [key, value] of now)
      if (!own.has(key) && !same(old.get(key), value)) this.add(node, key, value, column);
  }

  private keyOf(pair: Pair): Scalar {
    return this.isJson || !this.yaml.isScalar(pair.key)
      ? String((pair.key as { value?: unknown }).value)
      : (readYaml(this.sourceOf(pair.key as Node), "key") as Scalar);
  }

  private sourceOf(node: Node): string {
    return this.text.slice(node.range?.[0] ?? 0, node.range?.[1] ?? 0);
  }

  private add(node: YAMLMap, key: Scalar, value: Yaml, column: number): void {
    const last = node.items.at(-1) as Pair;
    const end = this.endOf(last);
    if (node.flow) {
      const start = (last.key as Node).range?.[0] ?? 0;
      const alone = this.text.slice(node.range?.[0] ?? 0, start).includes("\n");
      const gap = alone ? `\n${" ".repeat(this.columnOf(start))}` : " ";
      this.edit(end, end, `,${gap}${this.inline(key)}: ${this.inline(value)}`);
      return;
    }
    const at = this.lineEnd(end);
    const before = this.text[at - 1] === "\n" ? "" : "\n";
    this.edit(at, at, `${before}${this.blockPair(key, value, column)}\n`);
  }

  private blockPair(key: Scalar, value: Yaml, column: number): string {
    const indent = " ".repeat(column);
    const line = `${indent}${this.inline(key)}: ${this.inline(value)}`;
    if (isList(value) && value.every((item) => !isMap(item) && !isList(item)) && line.length <= WIDTH)
      return line;
    return writeYaml(new Map([[key, value]]))
      .trimEnd()
      .replace(/^/gm, indent);
  }

  private remove(node: YAMLMap, pair: Pair, i: number, isAfterKept: boolean): void {
    const start = (pair.key as Node).range?.[0] ?? 0;
    const end = this.endOf(pair);
    const next = (node.items[i + 1]?.key as Node | undefined)?.range?.[0];
    const isInLine = node.flow || this.text.slice(this.lineStart(start), start).trim() !== "";
    if (!isInLine) this.edit(this.lineStart(start), this.lineEnd(end), "");
    else if (isAfterKept) this.edit(this.endOf(node.items[i - 1]), end, "");
    else this.edit(start, next ?? end, "");
  }

  /** @returns false when the list has to be written anew */
  private list(node: YAMLSeq, old: readonly Yaml[], now: readonly Yaml[]): boolean {
    const items = node.items as Node[];
    if (!items.every((item) => this.yaml.isNode(item))) return false;
    if (old.length === now.length) {
      items.forEach((item, i) => void this.value(item, old[i], now[i]));
      return true;
    }
    const extends_ = old.length > 0 && old.length < now.length && old.every((item, i) => same(item, now[i]));
    if (node.flow || !extends_) return false;
    const end = this.lineEnd(this.endOfNode(items.at(-1) as Node));
    const dash = " ".repeat(this.columnOf(node.range?.[0] ?? 0));
    const before = this.text[end - 1] === "\n" ? "" : "\n";
    this.edit(
      end,
      end,
      before +
        now
          .slice(old.length)
          .map((item) => `${dash}- ${this.inline(item)}\n`)
          .join(""),
    );
    return true;
  }

  private replace(node: Node, now: Yaml, pair: Pair | undefined, column: number): void {
    const [from, to] = node.range ?? [0, 0];
    const isBlock = (this.yaml.isMap(node) || this.yaml.isSeq(node)) && !node.flow && to > from;
    const inline = this.inline(now);
    if (isBlock) {
      const end = this.endOfNode(node);
      const start = this.lineStart(from);
      // Behind a dash, or the file's own mapping.
      if (pair === undefined || this.text.slice(start, from).trim() !== "") this.edit(from, end, inline);
      else if (isList(now) && now.length > 0 && this.yaml.isSeq(node)) {
        const dash = " ".repeat(this.columnOf(from));
        this.edit(start, this.lineEnd(end), now.map((item) => `${dash}- ${this.inline(item)}\n`).join(""));
      } else {
        const colon = this.text.indexOf(":", (pair.key as Node).range?.[1] ?? 0) + 1;
        this.edit(colon, colon, ` ${inline}`);
        this.edit(start, this.lineEnd(end), "");
      }
      return;
    }
    const isText = this.text.slice(from, to).endsWith("\n"); // a literal or folded text
    const alone = this.text.slice(to, this.lineEnd(to)).trim() === "";
    const isLong = this.columnOf(from) + inline.length > WIDTH && (isMap(now) || isList(now));
    if (
      isLong &&
      alone &&
      pair !== undefined &&
      !this.isJson &&
      this.text
        .slice(this.lineStart(from), from)
        .trimStart()
        .startsWith(this.sourceOf(pair.key as Node))
    ) {
      const keyStart = (pair.key as Node).range?.[0] ?? 0;
      this.edit(keyStart, to, this.blockPair(this.keyOf(pair), now, column).trimStart());
      return;
    }
    // An empty value has no bytes; it needs a blank before it.
    const blank = from === to && !/\s$/.test(this.text.slice(0, from)) ? " " : "";
    this.edit(from, to, blank + inline + (isText ? "\n" : ""));
  }

  /** A value on one line, as it may stand in any place. */
  private inline(value: Yaml): string {
    if (this.isJson) return pythonJson(value);
    if (isList(value)) return `[${value.map((item) => this.inline(item)).join(", ")}]`;
    if (isMap(value))
      return `{${[...value].map(([key, item]) => `${this.inline(key)}: ${this.inline(item)}`).join(", ")}}`;
    if (value === null) return "null";
    if (value instanceof YamlDate) return value.text;
    if (typeof value === "number") return floatText(value).replace(/(inf|nan)$/, ".$1");
    if (typeof value !== "string") return String(value);
    const style = chooseStyle(value);
    if (style === "plain" && !/[,[\]{}]|^[?:-]|:$/.test(value)) return value;
    if (style !== "double" && !value.includes("'")) return `'${value}'`;
    return JSON.stringify(value).replace(
      /[\u007f-\u009f\u2028\u2029\ufeff]/g,
      (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
  }

  private endOf(pair: Pair): number {
    const node = (this.yaml.isNode(pair.value) ? pair.value : pair.key) as Node;
    return this.endOfNode(node);
  }

  /** The end of its last byte, without comments and blank lines behind it. */
  private endOfNode(node: Node): number {
    const isBlock = (this.yaml.isMap(node) || this.yaml.isSeq(node)) && !node.flow;
    if (this.yaml.isMap(node) && isBlock && node.items.length > 0)
      return this.endOf(node.items.at(-1) as Pair);
    if (this.yaml.isSeq(node) && isBlock && this.yaml.isNode(node.items.at(-1)))
      return this.endOfNode(node.items.at(-1) as Node);
    let end = node.range?.[1] ?? 0;
    while (end > 0 && this.text[end - 1] === "\n") end--;
    return end;
  }

  private columnOf(at: number): number {
    return at - this.lineStart(at);
  }

  private lineStart(at: number): number {
    return this.text.lastIndexOf("\n", at - 1) + 1;
  }

  /** Behind the line's break, or the end of the text. */
  private lineEnd(at: number): number {
    const end = this.text.indexOf("\n", at);
    return end < 0 ? this.text.length : end + 1;
  }

  private edit(from: number, to: number, text: string): void {
    this.edits.push({ from, to, text });
  }
}
