import { ParamsError } from "../base/errors.js";
import { didYouMean } from "../base/nearest.js";
import { lightgbm, xgboost } from "./catalog/boosting.js";
import { catboost } from "./catalog/catboost.js";
import { danfojsNode, tfjs } from "./catalog/javascript.js";
import { tfjsNode } from "./catalog/tfjsNode.js";
import type { Engine } from "./engine.js";

/** Every engine. Adding one: its definition, and a line here. */
export const engines: readonly Engine[] = [xgboost, lightgbm, catboost, tfjs, tfjsNode, danfojsNode];

/** @throws ParamsError for a name that there is not */
export function engineNamed(name: string): Engine {
  const found = engines.find((engine) => engine.name === name);
  if (found !== undefined) return found;
  const names = engines.map((engine) => engine.name);
  throw new ParamsError(`engines: no engine "${name}" (has: ${names.join(", ")}).${didYouMean(name, names)}`);
}
