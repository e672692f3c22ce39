import type { Document, Node, Pair, YAMLMap } from "yaml";
import { parseNodes, yamlPackage } from "./read.js";
import type { Scalar } from "./value.js";
import { writeYaml } from "./write.js";

/** Where a mapping is: keys and places in lists, from the top. */
export type YamlPath = readonly (string | number)[];

/**
 * Set a scalar of a mapping in YAML text; a new key is the mapping's last one. Every other byte stays, and a comment behind
 * the value keeps its column where there is room, as DVC's YAML layer leaves it.
 */
export function setKey(text: string, at: YamlPath, key: string, value: Scalar): string {
  const map = mapAt(text, at);
  const pair = pairOf(map, key);
  const written = valueText(value);
  if (pair === undefined) return append(text, map, `${key}: ${written}`);
  const node = pair.value as Node | null;
  const range = node?.range;
  if (range === undefined || range === null) throw new Error(`${key} has no place in the text`);
  return replace(text, range[0], leafEnd(node as Node), written);
}

/** Remove a key and its value; text without it is given back as it is. */
export function removeKey(text: string, at: YamlPath, key: string): string {
  const map = mapAt(text, at);
  const pair = pairOf(map, key);
  if (pair === undefined) return text;
  const start = startOf(pair);
  const next = map.items[map.items.indexOf(pair) + 1];
  if (map.flow === true) {
    if (next !== undefined) return text.slice(0, start) + text.slice(startOf(next));
    const before = map.items[map.items.indexOf(pair) - 1];
    return text.slice(0, before === undefined ? start : endOf(before)) + text.slice(endOf(pair));
  }
  const line = text.lastIndexOf("\n", start - 1) + 1;
  const isOwnLine = text.slice(line, start).trim() === "";
  if (!isOwnLine)
    return (
      text.slice(0, start) +
      (next === undefined ? "{}" : "") +
      text.slice(next === undefined ? endOf(pair) : startOf(next))
    );
  return text.slice(0, line) + text.slice(lineEnd(text, endOf(pair)) + 1);
}

/** Write every quoted text as the YAML layer of DVC would: it takes the quotes off where none are needed. */
export function withPlainQuotes(text: string): string {
  const { visit } = yamlPackage();
  const edits: { from: number; to: number; written: string }[] = [];
  visit(parseNodes(text, "") as Document, {
    Scalar(_, node) {
      if (!node.range || (node.type !== "QUOTE_DOUBLE" && node.type !== "QUOTE_SINGLE")) return;
      edits.push({ from: node.range[0], to: node.range[1], written: valueText(String(node.value)) });
    },
  });
  return edits
    .sort((a, b) => b.from - a.from)
    .reduce((result, { from, to, written }) => {
      const isSame =
        text.slice(from, to) === written || written.includes("\n") || text.slice(from, to).includes("\n");
      return isSame ? result : replace(result, from, to, written);
    }, text);
}

function replace(text: string, from: number, to: number, written: string): string {
  const rest = text.slice(to, lineEnd(text, to));
  const comment = /^(\s*)(#.*)$/.exec(rest);
  const change = written.length - (to - from);
  if (comment === null || change === 0) return text.slice(0, from) + written + text.slice(to);
  const blanks = " ".repeat(Math.max(1, comment[1].length - change));
  return text.slice(0, from) + written + blanks + comment[2] + text.slice(to + rest.length);
}

function append(text: string, map: YAMLMap, line: string): string {
  const last = map.items.at(-1);
  if (last === undefined || map.flow === true) {
    const end = (map.range?.[1] ?? text.length) - 1;
    const isEmpty = last === undefined;
    return `${text.slice(0, end).trimEnd()}${isEmpty ? "" : ", "}${line}${text.slice(end)}`;
  }
  const start = startOf(map.items[0]);
  const indent = " ".repeat(start - text.lastIndexOf("\n", start - 1) - 1);
  const at = lineEnd(text, endOf(last));
  return `${text.slice(0, at)}\n${indent}${line}${at === text.length ? "\n" : text.slice(at)}`;
}

function mapAt(text: string, at: YamlPath): YAMLMap {
  const { isMap, isCollection } = yamlPackage();
  const document = parseNodes(text, at.join("."));
  const node = at.length === 0 ? document.contents : document.getIn(at, true);
  if (!isCollection(node) || !isMap(node)) throw new Error(`${at.join(".")} is no mapping`);
  return node as YAMLMap;
}

function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((pair) => String((pair.key as { value?: unknown } | null)?.value) === key);
}

function startOf(pair: Pair): number {
  return (pair.key as Node).range?.[0] ?? 0;
}

function endOf(pair: Pair): number {
  return pair.value === null ? ((pair.key as Node).range?.[1] ?? 0) : leafEnd(pair.value as Node);
}

/** Where the text of a node ends, without what follows it on its line. */
function leafEnd(node: Node): number {
  const { isMap, isSeq } = yamlPackage();
  const end = node.range?.[1] ?? 0;
  if (isMap(node) && node.flow !== true && node.items.length > 0) return endOf(node.items.at(-1) as Pair);
  if (isSeq(node) && node.flow !== true && node.items.length > 0) return leafEnd(node.items.at(-1) as Node);
  const isBlock = "type" in node && (node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED");
  return isBlock ? end - 1 : end;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}

function valueText(value: Scalar): string {
  return writeYaml(new Map([["k", value]])).slice("k: ".length, -1);
}
