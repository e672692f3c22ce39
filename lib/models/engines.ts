import { engineNamed } from "../engines/catalog.js";
import type { Engine } from "../engines/engine.js";
import { tfjsEngine } from "../engines/javascript.js";
import { isAdded } from "../engines/place.js";
import { requireAdded } from "../engines/trust.js";
import { definitionOf } from "./registry.js";

/** An entry under `models` in params.yaml, or one inside an ensemble. */
interface Entry {
  readonly type: string;
  readonly [parameter: string]: unknown;
}

/** Engines that training an entry takes, its models with it where it is an ensemble, and that are not added. */
export function missingEngines(entry: Entry): readonly Engine[] {
  const { engine } = definitionOf(entry.type);
  const own = [
    ...(engine === undefined ? [] : [engineNamed(engine)]),
    ...(entry.engine === "tfjs" ? [tfjsEngine()] : []),
  ];
  const members = Array.isArray(entry.models) ? (entry.models as readonly Entry[]) : [];
  return [...new Set([...own.filter(({ name }) => !isAdded(name)), ...members.flatMap(missingEngines)])];
}

/** @throws EngineError, one line with the command, when an engine is missing */
export function requireEngines(entry: Entry): void {
  for (const engine of missingEngines(entry)) requireAdded(engine);
}
