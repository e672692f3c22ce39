#!/usr/bin/env node
/**
 * Peak memory of training an MLP on rows that lie in a file, beside the same rows in memory: `npm run build && node
 * bench/streaming.mjs [ROWS] [COLUMNS] [--epochs N]` (2,000,000 × 64, one epoch). Each training is a process of its own, and
 * both must leave the same model.onnx.
 */
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Rng } from "../dist/base/rng.js";
import { fitViews } from "../dist/features/fit.js";
import { TrainingRows } from "../dist/features/trainingRows.js";
import { diskIo } from "../dist/pipeline/diskIo.js";
import { float32, int64, Table, text } from "../dist/table/table.js";
import { NodeRuns, temporaryFolder } from "./programs.mjs";

const once = fileURLToPath(new URL("streamingOnce.mjs", import.meta.url));
const BATCH = 65536;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { epochs: { type: "string", default: "1" } },
});
const [rows = 2_000_000, columns = 64] = positionals.map(Number);
const root = temporaryFolder();
console.error(`${rows} rows × ${columns} columns are written`);
await writeArtifacts(diskIo(root, ""));

const found = [];
console.log("| the rows lie in | wall | processor | peak memory |\n|---|---:|---:|---:|");
for (const [where, memory] of Object.entries({ "a file": 0, memory: 2 ** 52 })) {
  const at = join(root, `${memory}`);
  mkdirSync(join(at, "artifacts"), { recursive: true });
  for (const name of ["flows.parquet", "splits", "features"])
    symlinkSync(join(root, "artifacts", name), join(at, "artifacts", name));
  const runs = new NodeRuns();
  const seconds = await runs.time([once, at, `${memory}`, values.epochs], { cwd: root });
  console.log(
    `| ${where} | ${seconds.toFixed(1)} s | ${runs.cpuSeconds().toFixed(1)} s | ${runs.peakMb().toFixed(0)} MB |`,
  );
  found.push(readFileSync(join(at, "artifacts/models/site/mlp/model.onnx")));
}
console.log(`\nThe matrix of the training rows: ${((rows * 0.8 * columns * 4) / 2 ** 20).toFixed(0)} MB.`);
if (!found[0].equals(found[1])) throw new Error("the two models differ");

/** What ingest, split and features leave of rows whose class is the sign of a sum. */
async function writeArtifacts(io) {
  const names = Array.from({ length: columns }, (_, j) => `x${j}`);
  const described = names.map((name) => ({
    ...{ name, type: "float32", unit: "", origin: "raw", profile: "realistic" },
  }));
  const sinks = {
    flows: await io.openTable("artifacts/flows.parquet", [
      { name: "row_id", type: "int64" },
      ...["dataset", "label", "family"].map((name) => ({ name, type: "text" })),
    ]),
    split: await io.openTable("artifacts/splits/site.parquet", [
      { name: "row_id", type: "int64" },
      { name: "part", type: "text" },
    ]),
    features: await io.openTable("artifacts/features/site/features.parquet", [
      { name: "row_id", type: "int64" },
      ...names.map((name) => ({ name, type: "float32" })),
    ]),
  };
  const rng = Rng.root(1);
  for (let begin = 0; begin < rows; begin += BATCH) {
    const count = Math.min(BATCH, rows - begin);
    const ids = int64(Array.from({ length: count }, (_, i) => begin + i));
    const data = names.map(() => Float32Array.from({ length: count }, () => 100 * rng.uniform()));
    const label = text(Array.from({ length: count }, (_, i) => (data[0][i] > data[1][i] ? "dos" : "benign")));
    const dataset = text(Array.from({ length: count }, () => "made"));
    const part = text(Array.from({ length: count }, (_, i) => (i % 5 === 4 ? "validation" : "train")));
    const split = Table.of({ row_id: ids, part });
    const features = Table.of({
      row_id: ids,
      ...Object.fromEntries(names.map((name, j) => [name, float32(data[j])])),
    });
    if (begin === 0) {
      const views = { scaled: [{ scale: "standard" }] };
      io.writeJson("artifacts/features/site/schema.json", { schema_hash: "", columns: described });
      io.writeJson(
        "artifacts/features/site/transform.json",
        await fitViews(views, TrainingRows.of(features, split), { schema_hash: "", columns: described }),
      );
    }
    await sinks.flows.append(Table.of({ row_id: ids, dataset, label, family: label }));
    await sinks.split.append(split);
    await sinks.features.append(features);
  }
  for (const sink of Object.values(sinks)) await sink.finish();
}
