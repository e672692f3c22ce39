// One training of streaming.mjs: PROJECT MEMORY EPOCHS.
import { modelParams } from "../dist/models/registry.js";
import { diskIo } from "../dist/pipeline/diskIo.js";
import { trainStage } from "../dist/pipeline/stages/train.js";

const [root, memory, epochs] = process.argv.slice(2);
const mlp = modelParams.parse({ type: "mlp", view: "scaled", epochs: Number(epochs) });
const io = diskIo(root, "site-mlp");
io.writeJson("package-lock.json", {
  version: "0",
  packages: {
    "node_modules/onnxruntime-node": { version: "0" },
    "node_modules/ml-random-forest": { version: "0" },
  },
});
await trainStage(Number(memory)).run(
  { seed: 42, task: { target: "binary" }, models: { mlp }, decision: { rule: "max-f1" }, threads: 2 },
  io,
);
