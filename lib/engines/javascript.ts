import { createRequire } from "node:module";
import { join } from "node:path";
import { EngineError, messageOf } from "../base/errors.js";
import { danfojsEntry, danfojsNode, tfjs, tfjsEntry } from "./catalog/javascript.js";
import { tfjsNode, tfjsNodeEntry } from "./catalog/tfjsNode.js";
import type { Engine } from "./engine.js";
import { isAdded } from "./place.js";
import { requireAdded, trustedFolder } from "./trust.js";

/** TensorFlow.js in plain JavaScript, or on TensorFlow's library. */
export type TfjsEngine = "tfjs" | "tfjs-node";

/** The engine that trains networks here: tfjs-node where it is added, else tfjs, added or not. */
export function tfjsEngine(): Engine {
  return isAdded(tfjsNode.name) ? tfjsNode : tfjs;
}

/** Its name. @throws EngineError when neither is added */
export function tfjsHere(): TfjsEngine {
  const engine = tfjsEngine();
  requireAdded(engine);
  return engine === tfjs ? "tfjs" : "tfjs-node";
}

/**
 * TensorFlow.js. Its types come with the package: this gives them none. One of both to a process.
 * @param threads of TensorFlow's library; what the first call of a process says counts
 * @throws EngineError when the engine is not added, not what it was, or does not load
 */
export function openTfjs(engine: TfjsEngine, threads = 1): Promise<unknown> {
  if (engine === "tfjs") return load(tfjs, tfjsEntry);
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";
  process.env.TF_NUM_INTRAOP_THREADS ??= `${threads}`;
  process.env.TF_NUM_INTEROP_THREADS ??= "1";
  return load(tfjsNode, tfjsNodeEntry);
}

/** danfojs-node. @throws EngineError as `openTfjs` */
export function openDanfojs(): Promise<unknown> {
  return load(danfojsNode, danfojsEntry);
}

async function load(engine: Engine, entry: string): Promise<unknown> {
  const path = join(await trustedFolder(engine), entry);
  try {
    return createRequire(path)(path);
  } catch (cause) {
    const why = messageOf(cause).split("\n")[0];
    throw new EngineError(
      `engines: ${engine.name} does not load here: ${why}. Add it anew: nidslab engines remove ${engine.name} && ` +
        `nidslab engines add ${engine.name}`,
      { cause },
    );
  }
}
