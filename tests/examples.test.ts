import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { parseParams } from "#lib/pipeline/params.js";

const examples = readdirSync("examples").filter((name) => name.endsWith(".yaml"));
const { stages } = parse(readFileSync("dvc.yaml", "utf8")) as {
  stages: Record<string, { params?: (string | object)[] }>;
};

/** Keys at the top that the stages depend on: DVC refuses a params.yaml without them. */
const needed = new Set(
  Object.values(stages)
    .flatMap(({ params = [] }) => params)
    .filter((key): key is string => typeof key === "string")
    .map((key) => key.split(".")[0]),
);

describe("examples", () => {
  it.each([...examples.map((name) => `examples/${name}`), "params.yaml"])(
    "%s is valid and has every key that the graph depends on",
    (path) => {
      const content = parse(readFileSync(path, "utf8")) as Record<string, unknown>;
      expect(() => parseParams(content, path)).not.toThrow();
      expect([...needed].filter((key) => !(key in content))).toEqual([]);
    },
  );
});
