import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ParamsError, UsageError } from "../base/errors.js";
import { writeFileAtomic } from "../base/files.js";
import { shellQuote } from "./commandOptions.js";
import { type Override, overrideText, parseOverride } from "./override.js";
import { applyOverrides } from "./overrideApply.js";
import { editYaml, same } from "./yaml/edit.js";
import { readYaml } from "./yaml/read.js";
import { isMap, keyText, type Yaml } from "./yaml/value.js";

/** What `-S` did. */
export interface ParamsChange {
  /** The files that were changed, and what is in them now. */
  readonly files: readonly { readonly path: string; readonly before: string; readonly after: string }[];
  /** The changed lines and how to undo them, for a person. */
  readonly text: string;
  /** Write what stood in the files before. */
  undo(): void;
}

/** The command that takes a change back, but for its `-S`. */
export interface Again {
  /** The words before them, as `npx nidslab repro`. */
  readonly words: readonly string[];
  readonly targets: readonly string[];
  /** What it does not take back. */
  readonly stays?: string;
}

const DEFAULT = "params.yaml";

/** Split `[file:]override`: a colon before the first `=` ends the name of a params file. */
export function splitOverride(option: string): { readonly file: string; readonly override: string } {
  const [head] = option.split("=", 1);
  const at = head.indexOf(":");
  if (at < 0) return { file: DEFAULT, override: option };
  return { file: option.slice(0, at), override: option.slice(at + 1) };
}

/**
 * Change params files as `dvc exp run -S` does (Hydra's basic override grammar), each value by its own bytes only:
 * comments, order and style of everything else stay. Nothing is written when any of the overrides is wrong.
 * @param options `[file:]override`, in order
 * @param folders where the files are looked for, the first that has it counts
 * @param again how the command is called that undoes it
 * @throws UsageError for something that is no override, ParamsError for keys and files that are not there
 */
export function setParams(
  options: readonly string[],
  folders: readonly string[],
  again: Again,
): ParamsChange {
  const groups = new Map<string, Override[]>();
  for (const option of options) {
    const { file, override } = splitOverride(option);
    groups.set(file, [...(groups.get(file) ?? []), parseOverride(override)]);
  }
  const files = [...groups].map(([name, overrides]) => {
    const path = pathOf(name, folders);
    const before = readFileSync(path, "utf8");
    const content = readYaml(before, name) ?? new Map();
    if (!isMap(content)) throw new ParamsError(`params: ${name} does not hold a mapping.`);
    const wanted = applyOverrides(content, overrides, name);
    const after = same(content, wanted) ? before : editYaml(before, name, wanted);
    return { name, path, before, after, undo: inverse(content, wanted) };
  });
  const changed = files.filter(({ before, after }) => before !== after);
  for (const { path, after } of changed) writeFileAtomic(path, after);
  return {
    files: changed,
    text: describe(changed, [...groups.keys()], again),
    undo: () => {
      for (const { path, before } of changed) writeFileAtomic(path, before);
    },
  };
}

function pathOf(name: string, folders: readonly string[]): string {
  const kind = /\.(py|toml)$/i.exec(name)?.[0];
  if (kind !== undefined) {
    throw new UsageError(
      `argument -S/--set-param: ${name}: ${kind} files are not changed by nidslab (YAML and JSON are). Edit the file, or use \`dvc exp run -S\`.`,
    );
  }
  const path = folders.map((folder) => resolve(folder, name)).find((candidate) => existsSync(candidate));
  if (path === undefined)
    throw new ParamsError(
      `params: ${name} is not there (looked in ${folders.map((f) => join(f, name)).join(", ")}).`,
    );
  return path;
}

/** Overrides that take each difference back; undefined for one that cannot be written as an override. */
function inverse(old: Yaml, now: Yaml, at: readonly string[] = []): (string | undefined)[] {
  if (same(old, now)) return [];
  if (isMap(old) && isMap(now)) {
    const keys = [...new Set([...old.keys(), ...now.keys()])];
    return keys.flatMap((key) => {
      const path = [...at, keyText(key)];
      if (!old.has(key)) return [checked(`~${path.join(".")}`)];
      if (!now.has(key)) return [checked(`+${path.join(".")}=${overrideText(old.get(key) as Yaml)}`)];
      return inverse(old.get(key) as Yaml, now.get(key) as Yaml, path);
    });
  }
  // OmegaConf refuses to merge a list and a mapping.
  if (Array.isArray(old) && isMap(now)) return [undefined];
  return [checked(`${at.join(".")}=${overrideText(old)}`)];
}

function checked(line: string): string | undefined {
  try {
    parseOverride(line);
    return line.includes("\n") ? undefined : line;
  } catch {
    return undefined;
  }
}

type Changed = {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  readonly undo: readonly (string | undefined)[];
};

function describe(changed: readonly Changed[], named: readonly string[], again: Again): string {
  if (changed.length === 0)
    return `${named.join(", ")} already ${named.length > 1 ? "have" : "has"} these values.\n`;
  const lines = changed.map(({ name, before, after }) => changedLines(name, before, after)).join("");
  const options = changed.flatMap(({ name, undo }) =>
    undo.map((line) =>
      line === undefined ? undefined : ["-S", name === DEFAULT ? line : `${name}:${line}`],
    ),
  );
  const stays = again.stays === undefined ? "" : ` (${again.stays} stays)`;
  // Git's own checkout would take other changes of the file with it.
  const undo = options.every((option) => option !== undefined)
    ? [...again.words, ...options.flat(), ...again.targets].map(shellQuote).join(" ")
    : `put the lines marked - back in place of those marked +, then ${[...again.words, ...again.targets].map(shellQuote).join(" ")}`;
  return `${lines}To undo${stays}: ${undo}\n`;
}

/** The lines that differ, in groups with the number of the first one as it is now. */
function changedLines(name: string, before: string, after: string): string {
  const [old, now] = [before.split("\n"), after.split("\n")];
  // Longest common subsequence: common[i][j] is its length for old from i and now from j.
  const common = Array.from({ length: old.length + 1 }, () => new Uint32Array(now.length + 1));
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      common[i][j] =
        old[i] === now[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
    }
  }
  let out = "";
  let i = 0;
  let j = 0;
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      i++;
      j++;
      continue;
    }
    out += `${name}:${j + 1}\n`;
    const [removed, added]: string[][] = [[], []];
    while ((i < old.length || j < now.length) && old[i] !== now[j]) {
      if (j >= now.length || (i < old.length && common[i + 1][j] >= common[i][j + 1]))
        removed.push(`- ${old[i++]}\n`);
      else added.push(`+ ${now[j++]}\n`);
    }
    out += removed.join("") + added.join("");
  }
  return out;
}
