// Trains a network that leaves checkpoints in a folder, and writes model.onnx there; dies at a chosen instant.
// node dies.mjs FOLDER [run | write | rename | renamed] [COUNT]: at the COUNT-th step or batch of validation rows, before a
// checkpoint's temporary file is written, before it is renamed, or after.
import fs, { writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { InferenceSession } from "onnxruntime-node";

const [folder, instant, count] = process.argv.slice(2);
let seen = 0;
const reach = (name) => {
  if (name === instant && ++seen === Number(count)) process.kill(process.pid, "SIGKILL");
};
const { renameSync, writeFileSync: write } = fs;
fs.writeFileSync = (path, ...rest) => {
  if (String(path).includes("checkpoint.bin")) reach("write");
  return write(path, ...rest);
};
fs.renameSync = (...args) => {
  reach("rename");
  renameSync(...args);
  reach("renamed");
};
syncBuiltinESMExports();
const { run } = InferenceSession.prototype;
InferenceSession.prototype.run = function (...args) {
  reach("run");
  return run.apply(this, args);
};

const { definition } = await import("../../../dist/models/neural/mlp.js");
const { Checkpoints } = await import("../../../dist/nn/training/checkpoint.js");
const { OnnxBuilder } = await import("../../../dist/onnx/builder.js");
const { Rng } = await import("../../../dist/base/rng.js");

const rng = Rng.root(3);
const made = (rows) => {
  const data = Float32Array.from({ length: rows * 4 }, () => rng.uniform() - 0.5);
  return {
    X: { rows, columns: 4, data },
    features: ["a", "b", "c", "d"].map((name) => ({ name, kind: "number" })),
    y: Int32Array.from({ length: rows }, (_, i) => (data[4 * i] + data[4 * i + 1] > 0 ? 1 : 0)),
    classes: ["benign", "attack"],
  };
};
const params = definition.params.parse({ hidden: [8], batch: 50, epochs: 5, dropout: 0.1 });
const lines = [];
const fitted = await definition.create(params).fit(made(300), {
  validation: made(100),
  rng: Rng.root(1),
  workers: 1,
  log: (line) => lines.push(line),
  checkpoints: new Checkpoints(join(folder, "checkpoints")),
});
const onnx = new OnnxBuilder();
onnx.output("out", fitted.emit(onnx, onnx.input("X", "float", ["n", 4])), "float", ["n", 2]);
writeFileSync(join(folder, "model.onnx"), onnx.finish());
process.stdout.write(JSON.stringify({ first: lines[0], history: fitted.history, summary: fitted.summary }));
