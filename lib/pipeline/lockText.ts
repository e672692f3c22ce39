import { parseNodes, yamlPackage } from "./yaml/read.js";
import { isMap, type Yaml, type YamlMap } from "./yaml/value.js";
import { type Folding, writeYaml } from "./yaml/write.js";

/** The text of a dvc.lock: what is written for its data, or a text that a person has edited, in parts. */
export interface LockText {
  /** The text after the entry of a stage was replaced or added. */
  readonly with: (stage: string, content: YamlMap) => LockText;
  readonly text: string;
}

/** A lock as DVC writes it. */
export function freshText(content: YamlMap, folding: Folding = "words"): LockText {
  return {
    with: (_, changed) => freshText(changed, folding),
    get text() {
      return writeYaml(content, folding);
    },
  };
}

/**
 * How the text of a lock goes on. A text that its data gives again (under the present folding of long lines, or that of
 * ruamel.yaml before 0.18.13) is written from data; in any other one only the entry that changes is written anew, and
 * comments, blank lines and flow style of the others stay.
 */
export function lockText(source: string, content: YamlMap): LockText {
  const text = source.replace(/^\ufeff/, "").replaceAll("\r\n", "\n");
  const folding = (["words", "long words"] as const).find((each) => writeYaml(content, each) === text);
  if (folding !== undefined) return freshText(content, folding);
  return partsOf(text, content) ?? freshText(content);
}

interface Parts {
  readonly before: string;
  readonly entries: ReadonlyMap<string, string>;
  readonly after: string;
}

function edited(parts: Parts): LockText {
  return {
    with: (stage, content) => {
      const entry = (content.get("stages") as YamlMap).get(stage) as Yaml;
      return edited({ ...parts, entries: new Map(parts.entries).set(stage, entryText(stage, entry)) });
    },
    get text() {
      return parts.before + [...parts.entries.values()].join("") + parts.after;
    },
  };
}

/** @returns undefined when the stages are not a block of keys on lines of their own */
function partsOf(text: string, content: YamlMap): LockText | undefined {
  const { isMap: isYamlMap, isScalar } = yamlPackage();
  const document = parseNodes(text, "");
  const root = document.contents;
  const stages = document.get("stages", true);
  const entries = content.get("stages");
  if (!isYamlMap(root) || !isYamlMap(stages) || stages.flow || !isMap(entries)) return undefined;
  const lineOf = (key: unknown): number =>
    isScalar(key) && key.range ? text.lastIndexOf("\n", key.range[0] - 1) + 1 : 0;
  const starts = stages.items.map((pair) => lineOf(pair.key));
  const later = root.items.map((pair) => lineOf(pair.key)).filter((at) => at > starts[0]);
  const end = Math.min(text.length, ...later);
  const isFlow = (node: unknown): boolean => isYamlMap(node) && node.flow === true;
  const parts = [...entries].map(([name, entry], i): [string, string] => {
    const own = text.slice(starts[i], starts[i + 1] ?? end);
    return [String(name), isFlow(stages.items[i].value) ? closed(own) : normalised(String(name), entry, own)];
  });
  const before = text.slice(0, starts[0]).replace(/^schema:\s*"2\.0"/m, "schema: '2.0'");
  return edited({ before, entries: new Map(parts), after: text.slice(end) });
}

/** An entry without comments, blank lines, flow style and anchors inside is written anew, as DVC does; what follows stays. */
function normalised(name: string, entry: Yaml, own: string): string {
  const lines = closed(own).split("\n").slice(0, -1);
  let length = lines.length;
  while (length > 0 && /^\s*(#.*)?$/.test(lines[length - 1])) length--;
  const isPlain = lines.slice(0, length).every((line) => !/^\s*$|(^|\s)#|[[{]|(^|\s)[&*]\w/.test(line));
  if (!isPlain) return closed(own);
  return (
    entryText(name, entry) +
    lines
      .slice(length)
      .map((line) => `${line}\n`)
      .join("")
  );
}

function closed(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}

/** An entry below `stages:`. */
function entryText(name: string, entry: Yaml): string {
  return writeYaml(new Map([["stages", new Map([[name, entry]])]])).slice("stages:\n".length);
}
