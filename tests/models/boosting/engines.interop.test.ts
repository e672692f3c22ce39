import { expect, it } from "vitest";
import type { BoostingLibrary, BoostingTask } from "#lib/engines/boosting/booster.js";
import { openLightgbm } from "#lib/engines/boosting/lightgbm.js";
import { openXgboost } from "#lib/engines/boosting/xgboost.js";
import { treeExplainer } from "#lib/explain/shap/treeExplainer.js";
import { definition as catboost } from "#lib/models/boosting/catboost.js";
import { lightgbmEnsemble, xgboostEnsemble } from "#lib/models/boosting/engineTrees.js";
import { definition as lightgbm, lightgbmSettings } from "#lib/models/boosting/lightgbm.js";
import { definition as xgboost, xgboostSettings } from "#lib/models/boosting/xgboost.js";
import type { Classifier, FittedClassifier, Rows } from "#lib/models/contract.js";
import { definitions } from "#lib/models/registry.js";
import { sumLeaves } from "#lib/models/trees/ensemble.js";
import { OnnxBuilder } from "#lib/onnx/builder.js";
import { readOnnx } from "#lib/onnx/reader.js";
import { checkClassifier, fitContext, largestDifference, madeRows, runOnnx } from "../../checks/estimator.js";
import { describeWithEngines } from "../../engines/added.js";
import { describeBesidePython, runPython } from "../../python.js";

/** Every model that needs an engine keeps the contract. */
for (const definition of definitions) {
  const { engine, type } = definition;
  if (engine === undefined) continue;
  describeWithEngines(type, [engine], () =>
    checkClassifier(definition, { trees: 12 }, { rows: 2000, fewRows: 300 }),
  );
}

const xgboostParams = (own: object) => xgboost.params.parse(own) as Parameters<typeof xgboostSettings>[0];
const lightgbmParams = (own: object) => lightgbm.params.parse(own) as Parameters<typeof lightgbmSettings>[0];

interface Run {
  readonly name: string;
  readonly library: "xgboost" | "lightgbm";
  readonly classes: number;
  readonly own: object;
  readonly weighted?: boolean;
}

const runs: readonly Run[] = [
  { name: "two classes", library: "xgboost", classes: 2, own: {} },
  { name: "three classes, weighted", library: "xgboost", classes: 3, own: { depth: 4 }, weighted: true },
  {
    name: "shares and a monotone column",
    library: "xgboost",
    classes: 2,
    own: { subsample: 0.7, columns: 0.5, l1: 0.1, monotone: { a: 1 } },
  },
  { name: "two classes", library: "lightgbm", classes: 2, own: {} },
  { name: "three classes, weighted", library: "lightgbm", classes: 3, own: { leaves: 7 }, weighted: true },
  {
    name: "shares and a monotone column",
    library: "lightgbm",
    classes: 2,
    own: { subsample: 0.7, columns: 0.5, l2: 1, monotone: { a: 1 } },
  },
];

const rounds = 25;
const train = (classes: number): Rows => madeRows({ rows: 1500, classes, missing: 0.1 });
const validation = (classes: number): Rows => madeRows({ rows: 400, classes, missing: 0.1, seed: 3 });
const scored = madeRows({ rows: 500, missing: 0.2, seed: 2 }).X;

function taskOf({ library, classes, own, weighted }: Run): BoostingTask {
  const outputs = classes === 2 ? 1 : classes;
  const [rows, watched] = [train(classes), validation(classes)];
  const params =
    library === "xgboost"
      ? xgboostSettings(xgboostParams(own), outputs, rows, fitContext(2))
      : lightgbmSettings(lightgbmParams(own), outputs, rows, fitContext(2));
  const labels = Float32Array.from(rows.y);
  return {
    train: { ...rows.X, labels, ...(weighted ? { weights: labels.map((y) => 1 + y) } : {}) },
    validation: { ...watched.X, labels: Float32Array.from(watched.y) },
    params,
    outputs,
  };
}

interface Theirs {
  readonly margins: readonly number[];
  readonly losses: readonly number[];
  readonly contributions: readonly number[];
}

const listed = (values: Float32Array): (number | null)[] =>
  Array.from(values, (x) => (Number.isNaN(x) ? null : x));

describeBesidePython("the boosting engines beside the same libraries called from Python", () => {
  describeWithEngines("and trained from here", ["xgboost", "lightgbm"], () => {
    let answers: Theirs[] | undefined;
    const theirs = (run: Run): Theirs => {
      answers ??= runPython<Theirs[]>("tests/models/boosting/trainEngines.py", {
        runs: runs.map((each) => {
          const task = taskOf(each);
          return {
            library: each.library,
            params: task.params,
            rounds,
            columns: scored.columns,
            train: listed(task.train.data),
            labels: Array.from(task.train.labels),
            weights: task.train.weights === undefined ? null : Array.from(task.train.weights),
            validation: listed(task.validation!.data),
            validation_labels: Array.from(task.validation!.labels),
            scored: listed(scored.data),
          };
        }),
      });
      return answers[runs.indexOf(run)];
    };
    const open = (run: Run): Promise<BoostingLibrary> =>
      run.library === "xgboost" ? openXgboost() : openLightgbm();

    for (const run of runs) {
      it(`${run.library}, ${run.name}: the same margins, losses and contributions, and the kit's trees to 1e-5`, async () => {
        const task = taskOf(run);
        const booster = (await open(run)).start(task);
        const losses: number[] = [];
        for (let round = 0; round < rounds; round++) {
          booster.update();
          losses.push(booster.validationLoss() as number);
        }
        const expected = theirs(run);
        const margins = booster.margins(scored, rounds);
        expect(largestDifference(margins, expected.margins)).toBe(0);
        expect(largestDifference(losses, expected.losses)).toBeLessThan(1e-5); // XGBoost writes five digits
        const few = { ...scored, rows: 20, data: scored.data.slice(0, 20 * scored.columns) };
        const contributions = booster.contributions(few, rounds);
        expect(largestDifference(contributions, expected.contributions)).toBe(0);

        const read = run.library === "xgboost" ? xgboostEnsemble : lightgbmEnsemble;
        const ensemble = read(booster.dump(), task.outputs, rounds);
        booster.free();
        expect(largestDifference(sumLeaves(ensemble, scored.data, scored.columns), margins)).toBeLessThan(
          1e-5,
        );
      });
    }
  });
});

const fit = (own: object, rows: Rows, validationRows?: Rows): Promise<FittedClassifier> =>
  (xgboost.create(xgboostParams(own)) as Classifier).fit(rows, {
    ...fitContext(2),
    ...(validationRows === undefined ? {} : { validation: validationRows }),
  });

describeBesidePython("catboost beside its own probabilities", () => {
  describeWithEngines("of the same training", ["catboost"], () => {
    it.each([2, 3])("agrees to 1e-6 (%i classes)", async (classes) => {
      const [rows, watched] = [train(classes), validation(classes)];
      const settings = { trees: 30, depth: 4, early_stopping: null };
      const estimator = catboost.create(catboost.params.parse(settings) as never) as Classifier;
      const model = await estimator.fit(rows, { ...fitContext(2), validation: watched });
      const theirs = runPython<{ proba: number[]; losses: number[] }>(
        "tests/models/boosting/trainCatboost.py",
        {
          columns: scored.columns,
          train: listed(rows.X.data),
          labels: Array.from(rows.y),
          validation: listed(watched.X.data),
          validation_labels: Array.from(watched.y),
          scored: listed(scored.data),
          params: {
            iterations: 30,
            depth: 4,
            learning_rate: 0.1,
            random_seed: fitContext().rng.fork("catboost").uint32() >>> 1,
            thread_count: 2,
          },
        },
      );
      expect(largestDifference((await runOnnx(model, scored)).data, theirs.proba)).toBeLessThan(1e-6);
      const losses = (model.history ?? []).map((row) => row.validation_loss);
      expect(largestDifference(losses, theirs.losses)).toBeLessThan(1e-12);
    });
  });
});

describeWithEngines("training with XGBoost", ["xgboost"], () => {
  it("keeps the round with the lowest validation loss", async () => {
    const model = await fit({ trees: 300, learning_rate: 0.5, early_stopping: 5 }, train(2), validation(2));
    const losses = (model.history ?? []).map((row) => row.validation_loss);
    const kept = model.summary.rounds_kept as number;
    expect(kept).toBe(losses.indexOf(Math.min(...losses)) + 1);
    expect(model.summary.rounds).toBe(kept + 5);
    expect(model.summary.trees).toBe(kept);
  });

  it("refuses infinite values, and a monotone column that there is not, by name", async () => {
    const rows = train(2);
    rows.X.data[0] = Number.POSITIVE_INFINITY;
    await expect(fit({ trees: 2 }, rows)).rejects.toThrow(/^xgboost: .*inf/);
    await expect(fit({ trees: 2, monotone: { z: 1 } }, train(2))).rejects.toThrow(/names the column "z"/);
  });
});

for (const [name, open] of [
  ["xgboost", openXgboost],
  ["lightgbm", openLightgbm],
] as const) {
  describeWithEngines(`${name}, continued`, [name], () => {
    it("grows further rounds after those of a saved state, and gets better", async () => {
      const library = await open();
      const task = taskOf(runs.find(({ library: each }) => each === name) as Run);
      const first = library.start(task);
      for (let round = 0; round < 10; round++) first.update();
      const [state, before] = [first.state(8), first.margins(scored, 8)];
      first.free();
      const second = library.start({ ...task, continueFrom: state });
      expect(largestDifference(second.margins(scored, 8), before)).toBeLessThan(1e-6);
      const losses = [0, 1, 2, 3, 4].map(() => {
        second.update();
        return second.validationLoss() as number;
      });
      expect(second.rounds()).toBe(13);
      expect(losses[4]).toBeLessThan(losses[0]);
      second.free();
    });
  });
}

for (const definition of [xgboost, lightgbm] as const) {
  describeWithEngines(`${definition.type}, continue_from`, [definition.type], () => {
    const fitted = (trees: number, workers: number, state?: unknown): Promise<FittedClassifier> =>
      (
        definition.create(definition.params.parse({ trees, early_stopping: null }) as never) as Classifier
      ).fit(train(2), {
        ...fitContext(workers),
        ...(state === undefined ? {} : { state }),
      });

    it("adds rounds to an earlier model, whose state does not depend on the number of workers", async () => {
      const first = await fitted(6, 1);
      expect((await fitted(6, 2)).state).toEqual(first.state);
      const more = await fitted(4, 1, JSON.parse(JSON.stringify(first.state)));
      expect(more.summary).toMatchObject({ rounds: 10, rounds_kept: 10, trees: 10 });
      await expect(fitted(4, 1, { other: 1 })).rejects.toThrow(/continue_from: state\.json holds no model/);
    });
  });
}

for (const [definition, open, settings] of [
  [xgboost, openXgboost, (rows: Rows) => xgboostSettings(xgboostParams({}), 1, rows, fitContext(2))],
  [lightgbm, openLightgbm, (rows: Rows) => lightgbmSettings(lightgbmParams({}), 1, rows, fitContext(2))],
] as const) {
  describeWithEngines(`${definition.type}, explained`, [definition.type], () => {
    it("has the library's own contributions when model.onnx is explained", async () => {
      const rows = train(2);
      const estimator = definition.create(definition.params.parse({ trees: 10 }) as never) as Classifier;
      const onnx = new OnnxBuilder();
      const input = onnx.input("X", "float", ["n", 4]);
      onnx.output("out", (await estimator.fit(rows, fitContext(2))).emit(onnx, input), "float", ["n", 2]);
      const bytes = onnx.finish();
      const few = { ...scored, rows: 20, data: scored.data.slice(0, 80) };
      const found = await treeExplainer(bytes, readOnnx(bytes), 4, 1)?.explain(few);

      const booster = (await open()).start({
        train: { ...rows.X, labels: Float32Array.from(rows.y) },
        params: settings(rows),
        outputs: 1,
      });
      for (let round = 0; round < 10; round++) booster.update();
      const own = booster.contributions(few, 10).filter((_, i) => i % 5 < 4);
      booster.free();
      expect(largestDifference(found?.values ?? [], own)).toBeLessThan(1e-5);
    });
  });
}
