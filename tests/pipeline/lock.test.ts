import { expect, it } from "vitest";
import { LockFile } from "#lib/pipeline/lock.js";
import type { Yaml, YamlMap } from "#lib/pipeline/yaml/value.js";

const views = (): YamlMap => new Map([["raw", ["a"]]]);
const entry = (params: YamlMap): YamlMap => new Map<string, Yaml>([["params", params]]) as YamlMap;
const empty = LockFile.read("no-such-folder/dvc.lock", "./dvc.lock", () => null);

it("entries of stages that were given the same object stay apart, as those of stages that ran alone", () => {
  const shared = views();
  const together = empty.with("a", entry(shared)).with("b", entry(shared));
  expect(together.text()).toBe(empty.with("a", entry(views())).with("b", entry(views())).text());
});

it("inside one entry an alias stays one", () => {
  const shared = views();
  const params: YamlMap = new Map([
    ["views", shared],
    ["views.again", shared],
  ]);
  expect(empty.with("a", entry(params)).text()).toContain("views.again: *id001\n");
});
