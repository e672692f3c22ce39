#!/usr/bin/env node
/**
 * Which groups of derived columns does validation ask for? `npm run build && node bench/derived.mjs` prints the log-loss of
 * `boosting` on the validation part of split `site` for each list, mean of three seeds. Test rows are never scored.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Rng } from "../dist/base/rng.js";
import { attackFlags } from "../dist/dataset/target.js";
import { evaluatePart } from "../dist/eval/evaluate.js";
import { derivedGroups } from "../dist/features/derived.js";
import { encode } from "../dist/features/encode.js";
import { SavedModel } from "../dist/onnx/savedModel.js";
import { diskIo } from "../dist/pipeline/diskIo.js";
import { readParams } from "../dist/pipeline/params.js";
import { features } from "../dist/pipeline/stages/features.js";
import { ingest } from "../dist/pipeline/stages/ingest.js";
import { split } from "../dist/pipeline/stages/split.js";
import { train } from "../dist/pipeline/stages/train.js";
import { rowsOfPart } from "../dist/split/parts.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const lists = [
  [],
  ["shares"],
  ["shares", "rates"],
  ["shares", "history"],
  ["shares", "totals"],
  ["shares", "sizes"],
  ["shares", "rates", "history"],
  [...derivedGroups],
];
const folder = mkdtempSync(join(tmpdir(), "nidslab-derived-"));
const io = (key) => ({ ...diskIo(folder, key), log: () => undefined });
writeFileSync(join(folder, "package-lock.json"), readFileSync(join(root, "package-lock.json")));
const params = readParams(join(root, "params.yaml"));
params.dataset.path = resolve(root, params.dataset.path);

try {
  await ingest.run(params, io(""));
  await split.run(params, io("site"));
  for (const derived of lists) {
    await features.run({ ...params, features: { ...params.features, derived } }, io("site"));
    const losses = [];
    for (const seed of [42, 43, 44]) losses.push(await validationLoss(seed));
    const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
    console.log(`${mean.toFixed(4)}  ${derived.join(", ") || "(raw columns only)"}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function validationLoss(seed) {
  await train.run({ ...params, seed }, io("site-boosting"));
  const saved = await SavedModel.open(join(folder, "artifacts/models/site/boosting"), params.threads);
  const files = io("");
  const flows = await files.readTable("artifacts/flows.parquet", ["label", "family"]);
  const rows = rowsOfPart(await files.readTable("artifacts/splits/site.parquet"), "validation");
  const table = await files.readTable("artifacts/features/site/features.parquet");
  const { score } = await saved.score(encode(table.take(rows), saved.info.columns, saved.levels));
  await saved.close();
  const attacks = attackFlags(flows);
  const { metrics } = evaluatePart({
    isAttack: Uint8Array.from(rows, (row) => attacks[row]),
    scores: score,
    isProbability: true,
    threshold: saved.info.threshold,
    family: flows.take(rows).text("family"),
    trainingFamilies: saved.info.data.train_families,
    classes: null,
    subset: null,
    bootstrap: { resamples: 0, rng: Rng.root(seed) },
  });
  return metrics.log_loss;
}
