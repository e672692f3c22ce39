import { join } from "node:path";
import { expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { buildFeatures } from "#lib/features/build.js";
import { contextParams } from "#lib/features/context/params.js";
import { derivedGroups } from "#lib/features/derived.js";
import { type ModelColumn, SavedModel } from "#lib/onnx/savedModel.js";
import { Detector } from "#lib/serve/detector.js";
import { LiveDetector } from "#lib/serve/liveDetector.js";
import { float64, int64, Table, text } from "#lib/table/table.js";
import { linearModel, writeModel } from "../modelFolder.js";
import { temporaryFolder } from "../temporary.js";

const folder = temporaryFolder();
const ROWS = 300;
const rng = Rng.root(4);
const start = Array.from({ length: ROWS }, (_, i) => 1e15 + 5e5 * i + rng.integer(400_000));
const duration = start.map(() => 0.5 * rng.uniform());
const ended = start.map((us, i) => us + Math.round(1e6 * duration[i]));
const order = start.map((_, i) => i).sort((a, b) => ended[a] - ended[b]);
const whole = Table.of({
  input_row: int64(start.map((_, i) => i)),
  source: text(start.map((_, i) => (i % 7 === 0 ? "b.log" : "a.log"))),
  orig_addr: text(start.map((_, i) => (i % 50 === 9 ? null : `10.0.0.${rng.integer(6)}`))),
  resp_addr: text(start.map(() => `10.0.1.${rng.integer(9)}`)),
  resp_port: float64(start.map(() => [53, 80, 443][rng.integer(3)])),
  start_us: int64(start),
  duration_s: float64(duration),
  proto: text(start.map(() => (rng.uniform() < 0.4 ? "udp" : "tcp"))),
  orig_bytes: float64(start.map((_, i) => (i % 11 === 0 ? Number.NaN : 1000 * rng.uniform()))),
  resp_bytes: float64(start.map(() => 100 * rng.uniform())),
  conn_state: text(start.map(() => ["SF", "S0", "REJ"][rng.integer(3)])),
});
/** As a sensor writes them: in the order of their ends. */
const flows = whole.take(order).with("input_row", int64(start.map((_, i) => i)));

const context = contextParams.parse({ flows: 20, seconds: [5], groups: ["responder", "arrivals"] });
const { schema, table } = buildFeatures(flows, { derived: derivedGroups, context });
const columns: ModelColumn[] = schema.columns
  .filter(({ profile }) => profile === "realistic")
  .map(({ name, type, unit }) =>
    type === "category" ? { name, type, unit, levels: ["tcp", "udp"] } : { name, type, unit },
  );
const LENGTH = 4;
/** Of each step and column, so small that no score is 0 or 1. */
const largest = columns.map(({ name, type }) =>
  type === "category" ? 1 : Math.max(1, ...[...table.numbers(name)].filter(Number.isFinite)),
);
const weights = Array.from({ length: LENGTH * columns.length }, (_, j) => [
  0,
  (rng.uniform() - 0.5) / largest[j % columns.length],
]);
const model = writeModel(join(folder.path, "model"), linearModel(weights), {
  columns,
  context,
  window: { length: LENGTH, as: "rows", label: "last" },
});

async function scoresOf(parts: readonly Table[]): Promise<number[]> {
  const detector = await LiveDetector.open(model, 1);
  const scores: number[] = [];
  for (const part of parts) scores.push(...(await detector.detect(part)).decisions.numbers("score"));
  expect(detector.late).toBe(0);
  await detector.close();
  return scores;
}

it("gives flows as they come the scores that all of them get at once", async () => {
  const detector = await Detector.open(model, 1);
  const batch = [...(await detector.detect(flows)).decisions.numbers("score")];
  await detector.close();
  expect(new Set(batch).size).toBeGreaterThan(250);
  const parts = (size: number): Table[] =>
    Array.from({ length: Math.ceil(ROWS / size) }, (_, i) =>
      flows.take(Array.from({ length: Math.min(size, ROWS - i * size) }, (_, k) => i * size + k)),
    );
  for (const size of [1, 17, ROWS]) expect(await scoresOf(parts(size))).toEqual(batch);
  // A model of windows looks at the past: without it the scores are others.
  expect(await scoresOf([flows.take([200])])).not.toEqual([batch[200]]);
});

it("counts a flow that ended before one that came earlier, and goes on", async () => {
  const detector = await LiveDetector.open(model, 1);
  const late = flows.take([20, 21, 22, 23].filter((row) => flows.strings("source")[row] === "a.log"));
  await detector.detect(flows.take([30, 31, 32]));
  const { decisions } = await detector.detect(late);
  expect([decisions.rows, detector.late]).toEqual([late.rows, late.rows]);
  expect(decisions.numbers("score").every(Number.isFinite)).toBe(true);
  await detector.close();
});

it("refuses a model of windows flows that have no host", async () => {
  const detector = await LiveDetector.open(model, 1);
  const bare = flows.select(flows.names.filter((name) => name !== "orig_addr"));
  await expect(detector.detect(bare)).rejects.toThrow(/windows need a time \(start_us\) and a host/);
  await detector.close();
  const saved = await SavedModel.open(model, 1);
  expect(saved.info.window?.length).toBe(LENGTH);
  await saved.close();
});
