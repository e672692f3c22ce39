import { didYouMean } from "../base/nearest.js";
import { ShapeError } from "./errors.js";
import { parseNodes, yamlPackage } from "./yaml/read.js";
import { isList, isMap, type Yaml } from "./yaml/value.js";

type Path = readonly (string | number)[];

/** Something that has the wrong shape. */
export interface Flaw {
  readonly text: string;
  readonly path: Path;
  readonly hint?: string;
}

/**
 * Checks the shape of a value: what DVC's schemas are made of (voluptuous), with its words and its order of errors.
 * @returns nothing when the shape is right
 */
export type Check = (value: Yaml, path: Path) => readonly Flaw[];

export const anything: Check = () => [];
export const text = ofType("str", (value) => typeof value === "string");
export const flag = ofType("bool", (value) => typeof value === "boolean");
export const count = ofType("int", (value) => typeof value === "bigint" || typeof value === "boolean");
export const anyMapping = ofType("dict", isMap);
export const anyList = ofType("list", isList);

function ofType(name: string, test: (value: Yaml) => boolean): Check {
  return (value, path) => (test(value) ? [] : [{ text: `expected ${name}`, path }]);
}

/** This text and nothing else. */
export function exactly(wanted: string, message: string): Check {
  return (value, path) => (value === wanted ? [] : [{ text: message, path }]);
}

export const nothing: Check = (value, path) => (value === null ? [] : [{ text: "expected None", path }]);

/** A key that DVC has and nidslab has not: refused by name, not as an unknown one. */
export function unsupported(what: string): Check {
  return (_, path) => [{ text: `nidslab does not support ${what}`, path }];
}

/** One of several; of their complaints the one that came furthest. */
export function either(...checks: readonly Check[]): Check {
  return (value, path) => {
    let best: readonly Flaw[] | undefined;
    for (const check of checks) {
      const flaws = check(value, path);
      if (flaws.length === 0) return flaws;
      if (best === undefined || flaws[0].path.length > best[0].path.length) best = flaws;
    }
    return best ?? [];
  };
}

/** A list whose items pass one of the checks. A complaint about the inside of an item ends the list. */
export function listOf(...checks: readonly Check[]): Check {
  return (value, path) => {
    if (!isList(value)) return [{ text: "expected a list", path }];
    const found: Flaw[] = [];
    for (const [i, item] of value.entries()) {
      const at = [...path, i];
      let last: readonly Flaw[] = [];
      for (const check of checks) {
        last = check(item, at);
        if (last.length === 0) break;
        if (last[0].path.length > at.length) return last;
      }
      found.push(...last);
    }
    return found;
  };
}

/** A mapping with these keys and no others; `required` ones must be there. */
export function keys(known: Readonly<Record<string, Check>>, ...required: readonly string[]): Check {
  return (value, path) => {
    if (!isMap(value)) return [{ text: "expected a dictionary", path }];
    const found: Flaw[] = [];
    for (const [key, item] of value) {
      const name = String(key);
      if (typeof key === "string" && Object.hasOwn(known, name)) {
        found.push(...known[name](item, [...path, name]));
      } else {
        const hint = didYouMean(name, Object.keys(known));
        found.push({ text: "extra keys not allowed", path: [...path, name], hint });
      }
    }
    for (const key of required) {
      if (!value.has(key)) found.push({ text: "required key not provided", path: [...path, key] });
    }
    return found;
  };
}

/** A mapping with texts as keys. */
export function named(check: Check): Check {
  return (value, path) => {
    if (!isMap(value)) return [{ text: "expected a dictionary", path }];
    return [...value].flatMap(([key, item]) => {
      const at = [...path, String(key)];
      return typeof key === "string" ? check(item, at) : [{ text: "expected str", path: at }];
    });
  };
}

/**
 * The error for a file of the wrong shape: each flaw with its place and the lines around it, as DVC prints them.
 * @param source the text of the file
 */
export function shapeError(name: string, flaws: readonly Flaw[], source: string): ShapeError {
  if (flaws.length === 1 && flaws[0].path.length === 0) {
    return new ShapeError(`'${name}' validation failed: ${flaws[0].text}.`);
  }
  const number = flaws.length > 1 ? `: ${flaws.length} errors` : "";
  const parts = flaws.map(({ text, path, hint = "" }) => {
    const where = path.length === 0 ? "" : `, in ${path.join(" -> ")}`;
    const mark = markOf(source, path);
    if (mark === undefined) return `${text}${where}${hint}`;
    const lines = excerpt(source, mark.line - 1, mark.line + mark.steps - 1);
    return `${text}${where}, line ${mark.line}, column ${mark.column}${hint && `.${hint}`}\n${lines}`;
  });
  return new ShapeError(`'${name}' validation failed${number}.\n\n${parts.join("\n\n")}`);
}

/** More steps than this away from the flaw, a place says nothing. */
const MOST_STEPS = 5;

/** Where the nearest list or mapping around a path begins; `steps` counts how far it is. */
function markOf(
  source: string,
  path: Path,
): { readonly line: number; readonly column: number; readonly steps: number } | undefined {
  const { isCollection } = yamlPackage();
  const document = parseNodes(source, "");
  for (let steps = 1; steps < MOST_STEPS && path.length >= steps; steps++) {
    const node = document.getIn(path.slice(0, path.length - steps + 1), true);
    if (!isCollection(node) || !node.range) continue;
    const before = source.slice(0, node.range[0]).split("\n");
    return { line: before.length, column: (before.at(-1) as string).length + 1, steps };
  }
  return undefined;
}

/** Numbered lines with guides every four columns of indentation. */
function excerpt(source: string, from: number, to: number): string {
  const lines = source.split("\n");
  const width = String(lines.length).length;
  return lines
    .map((line, i) => ({ line, number: i + 1 }))
    .filter(({ number }) => number >= from && number <= to)
    .map(({ line, number }) => {
      const guided = line.replace(/^(?: {4})+/, (indent) => "│   ".repeat(indent.length / 4));
      return `  ${String(number).padStart(width)} ${guided}`.trimEnd();
    })
    .join("\n");
}
