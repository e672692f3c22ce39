import { readFileSync } from "node:fs";
import type { Node } from "yaml";
import { ParamsError, UsageError } from "../base/errors.js";
import { writeFileAtomic } from "../base/files.js";
import { didYouMean } from "../base/nearest.js";
import { parseNodes, yamlPackage } from "./yaml/read.js";

/**
 * Change values of a params file, each by its own bytes only: comments, order and style of everything else stay.
 * @param changes `key.of.value=new value`; the key must be there
 * @returns what was changed, line by line, and how to undo it
 * @throws ParamsError for an unknown key, UsageError for something that is not `key=value`
 */
export function setParams(path: string, changes: readonly string[]): string {
  const before = readFileSync(path, "utf8");
  let after = before;
  const undo: string[] = [];
  for (const change of changes) {
    const { text, old } = setParam(after, change);
    after = text;
    undo.unshift(`-S ${shellWord(`${change.slice(0, change.indexOf("="))}=${old}`)}`);
  }
  if (after === before) return "params.yaml already has these values.\n";
  writeFileAtomic(path, after);
  const back = undo.join(" ");
  // A value of several lines cannot be given back on the command line.
  return `${changedLines(before, after)}To undo: ${back.includes("\n") ? "git checkout params.yaml" : `nidslab repro ${back}`}\n`;
}

/** A word as a shell takes it. */
function shellWord(text: string): string {
  return /^[\w./=+:@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** @returns the text with the value changed, and what stood there */
function setParam(text: string, change: string): { readonly text: string; readonly old: string } {
  const at = change.indexOf("=");
  if (at <= 0) throw new UsageError(`argument -S/--set-param: expected key=value, found '${change}'`);
  const [key, value] = [change.slice(0, at), change.slice(at + 1)];
  const document = parseNodes(text, "params.yaml");
  const node = nodeAt(document.contents, key);
  if (node.range === undefined || node.range === null)
    throw new ParamsError(`params: ${key} has no place in params.yaml.`);
  const [from, to] = node.range;
  const source = text.slice(from, to);
  const isBlock = source.includes("\n");
  if (isBlock && !yamlPackage().isScalar(node)) {
    throw new ParamsError(`params: ${key} spans several lines. Name one value in it, or edit params.yaml.`);
  }
  const flow = checkedValue(key, value);
  // An empty value has no bytes; it needs a blank before it.
  const blank = source === "" && !/\s$/.test(text.slice(0, from)) ? " " : "";
  const end = isBlock && !flow.endsWith("\n") ? "\n" : "";
  return { text: text.slice(0, from) + blank + flow + end + text.slice(to), old: source.trimEnd() };
}

function nodeAt(root: unknown, key: string): Node {
  const { isMap, isSeq, isNode } = yamlPackage();
  let at: unknown = root;
  const walked: string[] = [];
  for (const word of key.split(".")) {
    let next: unknown;
    let known: string[] = [];
    if (isMap(at)) {
      known = at.items.map((pair) => String((pair.key as { value?: unknown }).value));
      next = at.items[known.indexOf(word)]?.value;
    } else if (isSeq(at) && /^\d+$/.test(word)) next = at.items[Number(word)];
    if (!isNode(next)) {
      const where = walked.length === 0 ? "params.yaml" : walked.join(".");
      throw new ParamsError(
        `params: -S ${key}: there is no "${word}" in ${where}.${didYouMean(word, known)}`,
      );
    }
    at = next;
    walked.push(word);
  }
  return at as Node;
}

/** The value as it is written, when it is one YAML value on one line; refused otherwise. */
function checkedValue(key: string, value: string): string {
  const text = value.trim();
  if (text.includes("\n"))
    throw new UsageError(`argument -S/--set-param: ${key}: a value stands on one line.`);
  parseNodes(`- ${text}\n`, `-S ${key}`);
  parseNodes(`[${text}]\n`, `-S ${key}`);
  if (/^[^"'[{].*[,#]/.test(text)) {
    throw new UsageError(`argument -S/--set-param: ${key}: quote the value, or write a list as [a, b].`);
  }
  return text === "" ? '""' : text;
}

function changedLines(before: string, after: string): string {
  const [old, now] = [before.split("\n"), after.split("\n")];
  if (old.length !== now.length) return "params.yaml changed.\n";
  return old
    .map((line, i) => (line === now[i] ? "" : `params.yaml:${i + 1}\n- ${line}\n+ ${now[i]}\n`))
    .join("");
}
