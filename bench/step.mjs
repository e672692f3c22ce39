#!/usr/bin/env node
/**
 * What training costs beside its graph, and single flows: `npm run build && node bench/step.mjs [--threads N]`. Models of the kit on
 * random rows in memory (batch 256, 64 columns, or windows of 32 rows with 16): the share of the time of their steps (batches, masks,
 * learning rate, losses) that is spent outside of ONNX Runtime's `run`, by the clock and by processor time (where other
 * programs do not count), median of five fits; then how long the finished MLP takes for one flow, by the session that predicts and by the one that answers at once.
 */
import { parseArgs } from "node:util";
import { InferenceSession } from "onnxruntime-node";
import { Rng } from "../dist/base/rng.js";
import { definitionOf } from "../dist/models/registry.js";
import { OnnxBuilder } from "../dist/onnx/builder.js";
import { OnnxSession } from "../dist/onnx/session.js";
import { SyncSession } from "../dist/onnx/syncSession.js";

const { values } = parseArgs({ options: { threads: { type: "string", default: "1" } } });
const threads = Number(values.threads);
const BATCH = 256;
const models = {
  mlp: { steps: 1000, params: { hidden: [256, 128] } },
  cnn: { steps: 20, window: 32, params: { channels: [64, 64] } },
  gru: { steps: 15, window: 32, params: { width: 64 } },
  lstm: { steps: 15, window: 32, params: { width: 64 } },
  transformer: { steps: 5, window: 32, params: { width: 64, heads: 4, layers: 2, dropout: 0.1 } },
};

const { run } = InferenceSession.prototype;
let calls = [];
/** Milliseconds by the clock, and of the processor in all threads. */
const now = () => {
  const { user, system } = process.cpuUsage();
  return [performance.now(), (user + system) / 1000];
};
InferenceSession.prototype.run = async function (...args) {
  const begin = now();
  const said = await run.apply(this, args);
  calls.push([begin, now()]);
  return said;
};

/** @returns what a model's `fit` is given: random rows of so many steps */
function randomRows({ steps, window }) {
  const rng = Rng.root(1);
  const [rows, columns] = [steps * BATCH, window === undefined ? 64 : 16 * window];
  const data = new Float32Array(rows * columns).map(() => rng.uniform() - 0.5);
  const names = Array.from({ length: columns / (window ?? 1) }, (_, j) => ({
    name: `x${j}`,
    kind: "number",
  }));
  const features = Array.from({ length: window ?? 1 }, () => names).flat();
  const y = new Int32Array(rows).map(() => rng.integer(5));
  const classes = ["benign", "a", "b", "c", "d"];
  return { X: { rows, columns, data }, y, classes, features, ...(window === undefined ? {} : { window }) };
}

/** One epoch. @returns the model, and by each clock the time of a step and the share of it outside of the calls */
async function fitted(type, params, rows) {
  const { params: schema, create } = definitionOf(type);
  calls = [];
  const model = await create(schema.parse({ epochs: 1, batch: BATCH, ...params })).fit(rows, {
    rng: Rng.root(2),
    workers: threads,
    log: () => undefined,
  });
  // The first steps find memory and compile.
  const own = calls.slice(Math.ceil(calls.length / 5));
  const clocks = [0, 1].map((clock) => {
    const inside = own.slice(1).reduce((sum, [begin, end]) => sum + end[clock] - begin[clock], 0);
    const whole = own.at(-1)[1][clock] - own[0][1][clock];
    return { step: whole / (own.length - 1), share: 1 - inside / whole };
  });
  return { model, clocks };
}

const median = (all) => all.toSorted((a, b) => a - b)[all.length >> 1];

console.log(
  `| model, ${threads} thread(s) | a step | outside of the graph | processor time of a step | outside of the graph |\n` +
    "|---|---:|---:|---:|---:|",
);
let mlp;
for (const [type, settings] of Object.entries(models)) {
  const fits = [];
  const rows = randomRows(settings);
  for (let i = 0; i < 5; i++) fits.push(await fitted(type, settings.params, rows));
  if (type === "mlp") mlp = fits[0].model;
  const cells = [0, 1].flatMap((clock) => {
    const of = (fact) => median(fits.map(({ clocks }) => clocks[clock][fact]));
    return [`${of("step").toFixed(2)} ms`, `${(100 * of("share")).toFixed(1)}%`];
  });
  console.log(`| ${type} | ${cells.join(" | ")} |`);
}

const onnx = new OnnxBuilder();
onnx.output("out", mlp.emit(onnx, onnx.input("X", "float", ["n", 64])), "float", ["n", 5]);
const bytes = onnx.finish();
const session = await OnnxSession.fromBytes(bytes, 1);
const sync = SyncSession.of(bytes, 5);
const row = new Float32Array(64).fill(0.1);
const ways = {
  "OnnxSession.run": () => session.run(row, 1, 64),
  "SyncSession.run": () => sync.run(row, 1, 64),
};
console.log("\n| one flow, mlp | p50 | p99 |\n|---|---:|---:|");
for (const [name, once] of Object.entries(ways)) {
  const times = [];
  for (let i = 0; i < 5000; i++) {
    const begin = performance.now();
    await once();
    times.push(performance.now() - begin);
  }
  times.sort((a, b) => a - b);
  console.log(`| ${name} | ${times[2500].toFixed(3)} ms | ${times[4950].toFixed(3)} ms |`);
}
