import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { compareText } from "#lib/base/json.js";
import { readYaml } from "#lib/pipeline/yaml/read.js";
import type { YamlMap } from "#lib/pipeline/yaml/value.js";

/**
 * A stage depends on the code that it reaches: the rooms of lib/ whole, of lib/pipeline the single files. Imports of types
 * leave no trace in the compiled code and do not count. A notebook reaches everything through lib/index.ts.
 */
const stages = [
  "ingest",
  "split",
  "features",
  "train",
  "eval",
  "paired",
  "cross",
  "cluster",
  "leaks",
  "explain",
  "report",
];

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s(?!type\s)([^;]*?)from\s+"(\.[^"]+)"|import\("(\.[^"]+)"\)|new URL\("(\.[^"]+)"/g;

function importsOf(file: string): string[] {
  return [...readFileSync(file, "utf8").matchAll(IMPORT)]
    .filter(([, names]) => names === undefined || !/^\s*\{(\s*type\s+[^,}]+,?)+\s*\}\s*$/.test(names))
    .map(([, , one, two, three]) => join(dirname(file), (one ?? two ?? three).replace(/\.js$/, ".ts")))
    .filter((path) => path.startsWith("lib/") && path.endsWith(".ts"));
}

function reached(start: string): Set<string> {
  const seen = new Set([start]);
  for (const file of seen) for (const next of importsOf(file)) seen.add(next);
  return seen;
}

/**
 * The dependencies that a stage's code makes necessary: what it reaches, and the files through which it reads and writes.
 * params.ts counts as itself only: what it knows of a room matters where the stage uses that room.
 */
function neededBy(stage: string): string[] {
  const files = [
    ...reached(`lib/pipeline/stages/${stage}.ts`),
    ...reached("lib/pipeline/diskIo.ts"),
    "lib/pipeline/params.ts",
  ];
  const inPipeline = (file: string): boolean => file.startsWith("lib/pipeline/");
  return [...new Set(files.map((file) => (inPipeline(file) ? file : file.split("/", 2).join("/"))))].sort(
    compareText,
  );
}

function declaredBy(stage: string): string[] {
  const content = readYaml(readFileSync("dvc.yaml", "utf8"), "dvc.yaml") as YamlMap;
  const entry = (content.get("stages") as YamlMap).get(stage) as YamlMap;
  const body = entry.has("do") ? (entry.get("do") as YamlMap) : entry;
  return (body.get("deps") as string[]).filter((dep) => dep.startsWith("lib/")).sort(compareText);
}

describe("deps of dvc.yaml", () => {
  it.each(stages)("%s lists the code that it reaches", (stage) => {
    const file = `lib/pipeline/stages/${stage}.ts`;
    expect(existsSync(file)).toBe(true);
    expect(declaredBy(stage)).toEqual(neededBy(stage));
  });
  it("lines and commands stay below 80 columns, where DVC's YAML layer would fold them", () => {
    for (const line of readFileSync("dvc.yaml", "utf8").split("\n")) expect(line.length).toBeLessThan(80);
  });
});
