import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { recordEvaluation } from "#lib/serve/evaluationLog.js";
import { temporaryFolder } from "../temporary.js";

const { path: folder } = temporaryFolder();

it("counts the evaluations of the same rows, and the models among them", () => {
  const path = join(folder, "runs", "evaluations.jsonl");
  const entry = { data: "d1", rows: 3, model: "m1", threshold: 0.5, name: "site/forest" };
  expect(recordEvaluation(path, entry)).toEqual({ times: 1, models: 1 });
  expect(recordEvaluation(path, { ...entry, data: "d2" })).toEqual({ times: 1, models: 1 });
  expect(recordEvaluation(path, entry)).toEqual({ times: 2, models: 1 });
  expect(recordEvaluation(path, { ...entry, threshold: 0.6 })).toEqual({ times: 3, models: 2 });
  appendFileSync(path, "not JSON\n");
  expect(() => recordEvaluation(path, entry)).toThrow(/evaluations\.jsonl, line 5 is not valid JSON/);
});
