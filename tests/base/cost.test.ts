import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { type ModelCost, peakMiB, readCost, recordCost, stopwatch } from "#lib/base/cost.js";
import { temporaryFolder } from "../temporary.js";

const folder = temporaryFolder();
const facts: ModelCost = {
  ...{ split: "site", model: "forest", type: "random-forest" },
  ...{ onnx_bytes: 10, operations: 20, threads: 2 },
};

it("keeps what train wrote when eval writes", () => {
  const path = `${folder.path}/runs/cost/site-forest.json`;
  const train = { seconds: 1.5, cpu_seconds: 2, rows: 100, fits: 1, peak_mib: 80 };
  recordCost(path, { ...facts, train });
  recordCost(path, {
    ...facts,
    operations: 21,
    eval: { us_per_flow: 3, cpu_us_per_flow: 5, flows: 50, peak_mib: 90 },
  });
  expect(readCost(path)).toEqual({
    ...facts,
    operations: 21,
    train,
    eval: { us_per_flow: 3, cpu_us_per_flow: 5, flows: 50, peak_mib: 90 },
  });
});

it("takes a file that is no cost for none, and writes over it", () => {
  for (const content of ["{", "null", '{"stage": "ingest"}']) {
    const path = folder.write("odd.json", content);
    expect(readCost(path)).toBeNull();
    recordCost(path, facts);
    expect(readCost(path)).toEqual(facts);
  }
  expect(readCost(`${folder.path}/none.json`)).toBeNull();
  expect(existsSync(`${folder.path}/none.json`)).toBe(false);
});

it("measures time and memory that grow", () => {
  const elapsed = stopwatch();
  const first = elapsed();
  const held = new Float64Array(1e6).fill(1);
  const second = elapsed();
  expect(held.length).toBe(1e6);
  expect(second.seconds).toBeGreaterThan(first.seconds);
  expect(second.cpuSeconds).toBeGreaterThanOrEqual(first.cpuSeconds);
  expect(peakMiB()).toBeGreaterThan(10);
});
