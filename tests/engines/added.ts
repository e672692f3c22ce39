import { describe } from "vitest";
import { isAdded } from "#lib/engines/place.js";

/** A `describe` of tests that need engines; skipped, with the command in its name, where one is not added. */
export function describeWithEngines(name: string, engines: readonly string[], tests: () => void): void {
  const missing = engines.filter((engine) => !isAdded(engine));
  if (missing.length === 0) describe(name, tests);
  else describe.skip(`${name} (skipped: nidslab engines add ${missing.join(" ")})`, tests);
}
