import { join } from "node:path";
import type { Engine } from "../engine.js";
import { npmPrefix } from "../npm.js";

/** The entry files, relative to the prefixes. */
export const tfjsEntry = "node_modules/@tensorflow/tfjs/dist/tf.node.js";
export const danfojsEntry = "node_modules/danfojs-node/dist/danfojs-node/src/index.js";

const requireProbe = (folder: string, entry: string): { program: string; args: string[] } => ({
  program: process.execPath,
  args: ["-e", "require(process.argv[1])", join(folder, entry)],
});

export const tfjs: Engine = {
  name: "tfjs",
  adds: "TensorFlow.js in plain JavaScript: a second way to train networks (engine: tfjs)",
  version: "4.22.0",
  needs: "npm",
  disables: "networks cannot be trained by TensorFlow.js (engine: tfjs)",
  megabytes: 290,
  async install(folder, tools) {
    await npmPrefix(tools, folder, { dependencies: { "@tensorflow/tfjs": "4.22.0" } });
    return "npm @tensorflow/tfjs 4.22.0";
  },
  libraries: () => [tfjsEntry],
  probe: (folder) => requireProbe(folder, tfjsEntry),
};

export const danfojsNode: Engine = {
  name: "danfojs-node",
  adds: "data frames in notebooks (toDanfo, fromDanfo)",
  version: "1.2.0",
  needs: "npm",
  disables: "toDanfo and fromDanfo",
  megabytes: 340,
  async install(folder, tools) {
    await npmPrefix(tools, folder, {
      dependencies: { "danfojs-node": "1.2.0" },
      // Its own TensorFlow binding is built by an install script, its xlsx comes from another server: neither is needed.
      overrides: {
        "danfojs-node": { "@tensorflow/tfjs-node": "npm:@tensorflow/tfjs@3.21.0", xlsx: "0.18.5" },
      },
    });
    return "npm danfojs-node 1.2.0";
  },
  libraries: () => [danfojsEntry],
  probe: (folder) => requireProbe(folder, danfojsEntry),
};
