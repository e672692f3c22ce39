import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { areasOf } from "#lib/eval/areas.js";
import { macroF1 } from "#lib/eval/confusion.js";
import { definitionOf, ownParams } from "#lib/models/registry.js";
import { confusion } from "#lib/models/search/score.js";
import { trainModel } from "#lib/models/train.js";
import { OnnxSession } from "#lib/onnx/session.js";
import { readParams } from "#lib/pipeline/params.js";
import { siteWindows } from "./siteWindows.js";
import { whySkipped } from "./skip.js";
import { testbedFolder } from "./testbedData.js";
import { type WindowParts, windowParts } from "./windowData.js";

const timeout = 900_000;

/**
 * Section 4 of the reference results; but the loop stops by macro-F1, and its learning rate falls.
 *
 * The transformer's bar is one that any three of our ten seeds pass, and not .877, the lowest of three there. Ten seeds (42
 * to 51) of PyTorch's own layers with that section's settings on these windows have a mean macro-F1 of .853 (.888, .883,
 * .879, .850, .815, .892, .889, .811, .808, .816; standard deviation .037) and ROC-AUC .921 (.910 to .936); ours
 * (`norm: last`, `watch: loss`, `schedule: constant`) .845 (.807, .813, .902, .821, .857, .870, .885, .812, .859, .821; .034) and
 * .921 (.910 to .930). Rank sums show no difference (p = .68 and .85), and only a twelfth of the choices of three of
 * PyTorch's ten seeds have a mean of .877 or more. Macro-F1 lies about .81 or .88, and goes from one to the other between the
 * epochs of one training, while the loss on validation hardly moves. From the same first values, order of rows and masks of
 * dropout the losses are PyTorch's (tests/nn/training/epochs.interop.test.ts). Not the cause either: the mask column and the
 * second logit, which the original lacks (.808, .812 without them; seeds 42, 43), and first values (.814 here from those that
 * PyTorch takes to .888; seed 42). These were seen on test rows; nothing was chosen by them. On the windows of
 * examples/deep.yaml the bar is .877.
 */
const settings = { batch: 128, clip: 1, epochs: 15, patience: 4 };

/** Means of macro-F1 at .5 and ROC-AUC over the seeds. @param own as in params.yaml; defaults are filled in */
async function over(
  parts: WindowParts,
  type: string,
  own: object = settings,
  seeds: readonly number[] = [42, 43, 44],
): Promise<{ f1: number; auc: number }> {
  const { view, classes, train, validation, test } = parts;
  const definition = definitionOf(type);
  const found: { f1: number; auc: number }[] = [];
  for (const seed of seeds) {
    const model = await trainModel({
      estimator: definition.create(definition.params.parse(own)),
      ...{ view, classes, train, validation, decision: { rule: "half" }, rng: Rng.root(seed) },
      ...{ threads: 1, metadata: {}, log: (line) => console.log(line) },
    });
    const session = await OnnxSession.fromBytes(model.onnx, 1);
    const { data, columns: k } = await session.run(test.X.data, test.X.rows, test.X.columns);
    await session.release();
    const attack = Float64Array.from(test.y, (_, i) => 1 - data[i * k]);
    const areas = areasOf(
      attack.filter((_, i) => test.y[i] !== 0),
      attack.filter((_, i) => test.y[i] === 0),
    );
    found.push({ f1: macroF1(confusion(data, k, test.y))!, auc: areas!.rocAuc });
  }
  const mean = (of: (each: { f1: number; auc: number }) => number): number =>
    found.reduce((sum, each) => sum + of(each), 0) / found.length;
  console.log(
    `${type}, site A to B: macro-F1 ${mean(({ f1 }) => f1).toFixed(4)} (${found.map(({ f1 }) => f1.toFixed(3)).join(", ")}), ` +
      `ROC-AUC ${mean(({ auc }) => auc).toFixed(4)}`,
  );
  return { f1: mean(({ f1 }) => f1), auc: mean(({ auc }) => auc) };
}

const skipped = whySkipped(testbedFolder);

describe(`networks over windows of the testbed${skipped === undefined ? "" : ` (skipped: ${skipped})`}`, () => {
  let parts: Promise<WindowParts> | undefined;
  for (const [type, least] of Object.entries({ cnn: 0.82, gru: 0.82, lstm: 0.81 })) {
    it.skipIf(skipped !== undefined)(
      `${type}: macro-F1 ≥ ${least} at .5, mean of three seeds`,
      { timeout },
      async () => {
        parts ??= windowParts(["a1", "a2"], ["b1", "b2"]);
        expect((await over(await parts, type)).f1).toBeGreaterThanOrEqual(least);
      },
    );
  }

  it.skipIf(skipped !== undefined)(
    "transformer as the original: macro-F1 ≥ 0.8 at .5 and ROC-AUC ≥ 0.91, mean of three seeds",
    { timeout },
    async () => {
      parts ??= windowParts(["a1", "a2"], ["b1", "b2"]);
      const own = { ...settings, norm: "last", watch: "loss", schedule: "constant" };
      const { f1, auc } = await over(await parts, "transformer", own);
      expect(f1).toBeGreaterThanOrEqual(0.8);
      expect(auc).toBeGreaterThanOrEqual(0.91);
    },
  );

  // A single network lacks .96 of ROC-AUC mainly by DNS tunnels, which site A has none of; the vote over quantiles has it.
  for (const [name, least] of Object.entries({
    gru: { f1: 0.9, auc: 0.945 },
    transformer: { f1: 0.877, auc: 0.94 },
    "vote-quantile": { f1: 0.9, auc: 0.96 },
  })) {
    it.skipIf(skipped !== undefined)(
      `${name} of examples/deep.yaml: macro-F1 ≥ ${least.f1} at .5 and ROC-AUC ≥ ${least.auc} at site B, one seed`,
      { timeout },
      async () => {
        const params = readParams("examples/deep.yaml");
        const entry = params.models[name];
        const parts = await siteWindows(params, entry);
        const { f1, auc } = await over(parts, entry.type, ownParams(entry), [params.seed]);
        expect(f1).toBeGreaterThanOrEqual(least.f1);
        expect(auc).toBeGreaterThanOrEqual(least.auc);
      },
    );
  }
});
