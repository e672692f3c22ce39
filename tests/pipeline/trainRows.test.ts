import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { hashBytes } from "#lib/base/hash.js";
import { Rng } from "#lib/base/rng.js";
import { modelParams } from "#lib/models/registry.js";
import { diskIo } from "#lib/pipeline/diskIo.js";
import type { Params } from "#lib/pipeline/params.js";
import { trainStage } from "#lib/pipeline/stages/train.js";
import { StoredMatrix } from "#lib/table/storedMatrix.js";
import { float64, int64, Table, text } from "#lib/table/table.js";
import { writeSplit } from "../models/madeSplit.js";
import { temporaryFolder } from "../temporary.js";

const folder = temporaryFolder();
const rows = 800;
const rng = Rng.root(5);
const row = Array.from({ length: rows }, (_, i) => i);
const label = row.map(() => (rng.uniform() < 0.4 ? "dos" : "benign"));
const ids = int64(row);
const flows = Table.of({
  row_id: ids,
  dataset: text(row.map(() => "made")),
  ...{ label: text(label), family: text(label) },
  orig_addr: text(row.map((i) => `10.0.0.${i % 7}`)),
  start_us: int64(row.map((i) => 1000 * i)),
  orig_bytes: float64(label.map((name) => (name === "dos" ? 300 : 100) + 300 * rng.uniform())),
  // Missing in some rows.
  resp_bytes: float64(row.map((i) => (i % 11 === 0 ? Number.NaN : 100 * rng.uniform()))),
  proto: text(row.map((i) => (i % 3 === 0 ? "udp" : "tcp"))),
});
const split = Table.of({
  row_id: ids,
  part: text(row.map((i) => ["train", "train", "validation", "test", "train"][i % 5])),
});
const network = { batch: 64, epochs: 3 };
const window = { length: 4 };
const models = {
  numbers: { type: "mlp", hidden: [8], dropout: 0.1, seeds: [42, 43], ...network },
  categories: { type: "mlp", hidden: [8], view: "raw", ...network },
  denoising: { type: "autoencoder", hidden: [4], swap_noise: 0.2, ...network },
  sphere: { type: "deep-svdd", hidden: [4], ...network },
  gru: { type: "gru", width: 4, window, ...network },
  masked: { type: "transformer", width: 8, heads: 2, layers: 1, window, pretrain: { epochs: 1 }, ...network },
  summary: { type: "mlp", hidden: [4], window: { ...window, as: "summary" }, ...network },
};
const params = {
  seed: 42,
  task: { target: "binary" },
  models: Object.fromEntries(Object.entries(models).map(([name, entry]) => [name, modelParams.parse(entry)])),
  decision: { rule: "max-f1", calibration: "platt" },
  threads: 1,
} as unknown as Params;

/** Hashes of what a training with so much memory leaves. */
async function trained(model: string, memory: number): Promise<Record<string, string>> {
  const at = join(folder.path, `${model}-${memory}`);
  const io = (key: string) => ({ ...diskIo(at, key), log: () => undefined });
  await writeSplit(io(""), flows, split, {
    raw: [],
    scaled: [
      { impute: "median", indicator: true },
      { "one-hot": { unknown: "other" } },
      { scale: "standard" },
    ],
  });
  const { decision, ...rest } = params;
  const detector = ["autoencoder", "deep-svdd"].includes(params.models[model].type);
  const rule = detector ? { rule: "benign-quantile", contamination: 0.05 } : decision;
  await trainStage(memory).run({ ...rest, decision: rule } as Params, io(`site-${model}`));
  const made = join(at, "artifacts/models/site", model);
  const files = readdirSync(made, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  return Object.fromEntries(
    files.map(({ parentPath, name }) => [name, hashBytes(readFileSync(join(parentPath, name)))]),
  );
}

it.each(Object.keys(models))(
  "%s learns from rows in files what it learns from rows in memory",
  async (model) => {
    const inMemory = await trained(model, 2 ** 28);
    const whole = vi.spyOn(StoredMatrix.prototype, "data", "get");
    const read = vi.spyOn(StoredMatrix.prototype, "read");
    const stored = await trained(model, 0);
    expect(read).toHaveBeenCalled();
    expect(whole).not.toHaveBeenCalled();
    vi.restoreAllMocks();
    expect(Object.keys(stored)).toContain("model.onnx");
    expect(stored).toEqual(inMemory);
  },
);

it("a model that takes its rows in memory gets them so", async () => {
  const forest = modelParams.parse({ type: "random-forest", trees: 3 });
  const searched = modelParams.parse({
    ...models.numbers,
    seeds: undefined,
    search: { over: { hidden: [[4], [8]] }, by: "validation" },
  });
  Object.assign(params.models, { forest, searched });
  const read = vi.spyOn(StoredMatrix.prototype, "read");
  expect(Object.keys(await trained("forest", 0))).toContain("model.onnx");
  expect(Object.keys(await trained("searched", 0))).toContain("cv_results.csv");
  expect(read).not.toHaveBeenCalled();
  vi.restoreAllMocks();
});
