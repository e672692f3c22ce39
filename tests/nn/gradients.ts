import { expect } from "vitest";
import { differentiate } from "#lib/nn/differentiate.js";
import type { Tensor } from "#lib/nn/graph.js";
import { mul } from "#lib/nn/ops/elementwise.js";
import { sum } from "#lib/nn/ops/reduce.js";
import { size } from "#lib/nn/shape.js";
import { concrete, Evaluator, type Numbers, randomFor } from "./evaluate.js";

/**
 * The gradient of Σ cᵢ yᵢ, y all numbers of `outputs` and c random, against finite differences: four values around each
 * input, (8 (f(h) − f(−h)) − (f(2h) − f(−2h))) / 12h, of f summed in doubles.
 * @param values of inputs; others are random in ±1
 */
export async function expectGradients(
  outputs: readonly Tensor[],
  wanted: readonly Tensor[],
  values: Readonly<Record<string, Numbers>> = {},
  h = 0.02,
): Promise<void> {
  const { graph } = outputs[0];
  const forward = await Evaluator.of(graph, outputs);
  const feeds: Record<string, Float32Array> = {};
  for (const tensor of forward.given)
    feeds[tensor.name] = Float32Array.from(values[tensor.name] ?? randomFor(tensor));
  const weights = outputs.map((output) => randomFor({ ...output, name: `weight of ${output.name}` }));
  const f = async (): Promise<number> =>
    (await forward.outputs(feeds)).reduce(
      (total, output, i) => total + output.reduce((sum, each, j) => sum + each * weights[i][j], 0),
      0,
    );

  const given = outputs.map((output, i) => graph.input(`upstream.${i}`, output.shape));
  const loss = outputs
    .map((output, i) => sum(mul(output, given[i]), null))
    .reduce((a, b) => graph.node("Add", [a, b], []));
  const backward = await Evaluator.of(graph, differentiate(loss, wanted));
  const gradients = await backward.outputs({
    ...feeds,
    ...Object.fromEntries(given.map(({ name }, i) => [name, weights[i]])),
  });

  for (const [i, tensor] of wanted.entries()) {
    expect(gradients[i].length).toBe(size(concrete(tensor)));
    const at = feeds[tensor.name];
    const differences: number[] = [];
    for (let j = 0; j < at.length; j++) {
      const held = at[j];
      const shifted = async (by: number): Promise<number> => {
        at[j] = held + by;
        return f();
      };
      const [near, far] = [
        (await shifted(h)) - (await shifted(-h)),
        (await shifted(2 * h)) - (await shifted(-2 * h)),
      ];
      at[j] = held;
      differences.push((8 * near - far) / (12 * h));
    }
    const scale = Math.max(1, ...differences.map(Math.abs));
    differences.forEach((difference, j) => {
      const off = Math.abs(gradients[i][j] - difference) / scale;
      expect(off, `${tensor.name}[${j}]: ${gradients[i][j]}, by differences ${difference}`).toBeLessThan(
        1e-3,
      );
    });
  }
}
