import { expect, it } from "vitest";
import type { TfjsEngine } from "#lib/engines/javascript.js";
import { describeWithEngines } from "../engines/added.js";
import { operatorsBeside } from "./operatorsTfjs.js";
import { BATCHES, names, STEPS, setUp, train } from "./parity.js";

/** tfjs-node is TensorFlow itself: the library of its wheel. One of both to a process, so each has a test file of its own. */
export function besideTfjs(engine: TfjsEngine): void {
  // The plain engine took half a minute for fifty steps of one network.
  const steps = engine === "tfjs" ? 15 : STEPS;
  describeWithEngines(`networks trained by ${engine}`, [engine], () => {
    operatorsBeside(engine);
    it.each(names)(
      `%s: the same loss over ${steps} steps as ONNX Runtime's, to 1e-4`,
      async (name) => {
        // Each a set-up of its own: the gradient's nodes are in the graph.
        const ours = await train(await setUp(name), "ort", steps);
        const theirs = await train(await setUp(name), engine, steps);
        theirs.forEach((loss, step) => {
          expect(Math.abs(loss - ours[step]), `loss of step ${step + 1}`).toBeLessThan(1e-4);
        });
        expect(theirs.at(-1)).toBeLessThan(theirs[BATCHES - 1]);
      },
      120_000,
    );
  });
}
