import { createRequire } from "node:module";
import { join } from "node:path";
import { EngineError, messageOf } from "../base/errors.js";
import { danfojsEntry, danfojsNode, tfjs, tfjsEntry } from "./catalog/javascript.js";
import { tfjsNode, tfjsNodeEntry } from "./catalog/tfjsNode.js";
import type { Engine } from "./engine.js";
import { trustedFolder } from "./trust.js";

/**
 * TensorFlow.js, in plain JavaScript or on TensorFlow's library. Its types come with the package: this gives them none.
 * @throws EngineError when the engine is not added, not what it was, or does not load
 */
export function openTfjs(engine: "tfjs" | "tfjs-node"): Promise<unknown> {
  if (engine === "tfjs") return load(tfjs, tfjsEntry);
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";
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
