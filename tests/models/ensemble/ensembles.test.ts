import { describe, expect, it } from "vitest";
import { z } from "zod";
import { Rng } from "#lib/base/rng.js";
import type {
  Classifier,
  Detector,
  FittedClassifier,
  FittedDetector,
  ModelDefinition,
  Rows,
} from "#lib/models/contract.js";
import { groupedFolds } from "#lib/models/ensemble/groupedFolds.js";
import { fitRanks, rankOf } from "#lib/models/ensemble/ranks.js";
import { stacking } from "#lib/models/ensemble/stacking.js";
import { definitionOf, modelParams } from "#lib/models/registry.js";
import { fitContext, largestDifference, madeRows } from "../../checks/estimator.js";
import { allBenign } from "../../checks/made.js";

const train = madeRows({ rows: 300, category: false });
const forest = { type: "random-forest", trees: 5 };

async function fitted(type: string, models: readonly object[], rows = train): Promise<never> {
  const definition = definitionOf(type);
  const estimator = definition.create(definition.params.parse({ models })) as Classifier | Detector;
  return (await estimator.fit(rows, fitContext())) as never;
}

describe("voting", () => {
  it("is the weighted mean of what its models say", async () => {
    const both: FittedClassifier = await fitted("voting", [
      { type: "majority", weight: 3 },
      { type: "logistic" },
    ]);
    const majority = (
      await (definitionOf("majority").create({}) as Classifier).fit(train, fitContext())
    ).predictProba(train.X);
    const logistic = await (
      definitionOf("logistic").create(definitionOf("logistic").params.parse({})) as Classifier
    ).fit(train, fitContext());
    const own = logistic.predictProba(train.X).data;
    const expected = own.map((p, i) => 0.75 * majority.data[i] + 0.25 * p);
    expect(largestDifference(both.predictProba(train.X).data, expected)).toBeLessThan(1e-6);
    expect(both.margin).toBeUndefined();
  });

  it("gives a margin when one of its models does", async () => {
    const hinge: FittedClassifier = await fitted("voting", [
      { type: "perceptron", epochs: 1 },
      { type: "logistic" },
    ]);
    expect(hinge.margin).toBe(true);
  });
});

describe("stacking", () => {
  const made = (values: ArrayLike<number>, y: Int32Array, groups: Rows["groups"] = {}): Rows => ({
    X: { rows: y.length, columns: 1, data: Float32Array.from(values) },
    ...{ y, groups, features: [{ name: "id", kind: "number" }], classes: ["benign", "attack"] },
  });
  const deal = (rows: Rows, folds: number, by: string[], seed = 1): Int32Array =>
    groupedFolds(rows, folds, by, { rng: Rng.root(seed) });

  it("deals each class evenly to the folds", () => {
    const y = Int32Array.from({ length: 50 }, (_, i) => (i % 5 === 0 ? 1 : 0));
    const rows = made([...y.keys()], y);
    const fold = deal(rows, 4, []);
    const count = (f: number, c: number): number =>
      fold.reduce((sum, each, row) => sum + (each === f && y[row] === c ? 1 : 0), 0);
    expect([0, 1, 2, 3].map((f) => count(f, 0))).toEqual([10, 10, 10, 10]);
    expect([0, 1, 2, 3].map((f) => count(f, 1)).sort()).toEqual([2, 2, 3, 3]);
    expect(deal(rows, 4, [])).toEqual(fold);
    expect(deal(rows, 4, [], 2)).not.toEqual(fold);
  });

  it("keeps groups in one fold, rows without one with those of equal content", () => {
    const y = Int32Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? 1 : 0));
    // Ten hosts of five rows; the last ten rows have none, and come in pairs of equal content.
    const codes = Int32Array.from(y, (_, i) => (i < 50 ? Math.floor(i / 5) : 10));
    const names = [..."abcdefghij", "(missing)"];
    const values = Array.from(y, (_, i) => (i < 50 ? i : 100 + (i >> 1)));
    const fold = deal(made(values, y, { host: { names, codes } }), 3, ["host"]);
    const unit = (row: number): string => (row < 50 ? `host ${codes[row]}` : `content ${values[row]}`);
    const of = new Map<string, Set<number>>();
    for (const [row, f] of fold.entries()) of.set(unit(row), (of.get(unit(row)) ?? new Set()).add(f));
    expect([...of.values()].map(({ size }) => size)).toEqual(Array.from(of, () => 1));
    expect(new Set(fold)).toEqual(new Set([0, 1, 2]));
    expect(new Set([50, 52, 54, 56, 58].map((row) => fold[row])).size).toBeGreaterThan(1);
  });

  it("deals a class of one group row by row, and says so", () => {
    const y = Int32Array.from({ length: 40 }, (_, i) => (i < 4 ? 1 : 0));
    const rows = made(
      Array.from(y, (attack, i) => (attack ? -1 : i)),
      y,
    );
    const lines: string[] = [];
    const fold = groupedFolds(rows, 4, [], { rng: Rng.root(1), log: (line) => void lines.push(line) });
    expect(new Set([0, 1, 2, 3].map((row) => fold[row]))).toEqual(new Set([0, 1, 2, 3]));
    expect(lines).toEqual([
      'stacking: all rows of class "attack" are of one group: they are dealt one by one',
    ]);
  });

  it("shows the final model only predictions of rows that a model was not fitted on", async () => {
    // A model that knows the class of every row it has seen, and of the others says one half.
    const seen: number[] = [];
    const memory: ModelDefinition = {
      ...definitionOf("majority"),
      type: "memory",
      params: z.strictObject({}),
      create: (): Classifier => ({ kind: "classifier", fit: async (rows) => memorised(rows, seen) }),
    };
    const definition = stacking([memory]);
    const params = definition.params.parse({ models: [{ type: "memory" }, { type: "memory" }], folds: 3 });
    const X = { rows: 90, columns: 1, data: Float32Array.from({ length: 90 }, (_, i) => i) };
    const y = Int32Array.from({ length: 90 }, (_, i) => i % 2);
    const rows: Rows = { X, y, features: [{ name: "id", kind: "number" }], classes: ["benign", "attack"] };
    const model = await (definition.create(params) as Classifier).fit(rows, fitContext());
    // Out of fold the memory is no use: the final model learns nothing of it, and says one half of every row.
    expect(largestDifference(model.predictProba(X).data, new Float32Array(180).fill(0.5))).toBeLessThan(1e-3);
    // Three folds and the whole, of each of the two.
    expect(seen).toEqual([60, 60, 60, 60, 60, 60, 90, 90]);
  });

  it("refuses a class of one row", async () => {
    const y = new Int32Array(train.y.length);
    y[5] = 1;
    await expect(fitted("stacking", [{ type: "logistic" }, forest], { ...train, y })).rejects.toThrow(
      /^stacking: class "attack-1" has 1 training rows, at least 2/,
    );
  });
});

describe("rank-average", () => {
  it("is the mean of the ranks of its models' scores", async () => {
    const benign = allBenign(train);
    const entry = { type: "isolation-forest", trees: 10 };
    const both: FittedDetector = await fitted(
      "rank-average",
      [entry, { ...entry, sample: 16, weight: 3 }],
      benign,
    );
    const scores = both.score(train.X);
    expect(Math.max(...scores)).toBeLessThan(1.1);
    // One of the two alone: the same stream, so the same forest.
    const { params, create } = definitionOf("isolation-forest");
    const alone = await (create(params.parse({ trees: 10 })) as Detector).fit(benign, {
      ...fitContext(),
      rng: fitContext().rng.fork("member").fork(0),
    });
    const other = await (create(params.parse({ trees: 10, sample: 16 })) as Detector).fit(benign, {
      ...fitContext(),
      rng: fitContext().rng.fork("member").fork(1),
    });
    const ranks = [alone, other].map((model) => {
      const own = model.score(train.X);
      const curve = fitRanks(own);
      return own.map((score) => rankOf(curve, score));
    });
    expect(
      largestDifference(
        scores,
        ranks[0].map((rank, i) => 0.25 * rank + 0.75 * ranks[1][i]),
      ),
    ).toBeLessThan(1e-12);
  });
});

describe("the parameters of an ensemble's models", () => {
  const issues = (entry: object): string =>
    modelParams
      .safeParse(entry)
      .error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`)
      .join("; ") ?? "taken";

  it("are refused like those at the top", () => {
    const voting = (...models: object[]): string => issues({ type: "voting", models });
    expect(voting({ type: "logistic" }, forest)).toBe("taken");
    expect(voting(forest)).toMatch(/^models: .*>=2/);
    expect(voting({ type: "logistic" }, { ...forest, trees: 0 })).toMatch(/^models\.1\.trees: .*>=1/);
    expect(voting({ type: "logistic" }, { ...forest, tree: 5 })).toMatch(/tree/);
    expect(voting({ type: "logistic", weight: 0 }, forest)).toMatch(/^models\.0\.weight/);
    expect(voting({ type: "logistic", view: "raw" }, forest)).toMatch(
      /^models\.0\.view: view belongs to the ensemble/,
    );
    expect(voting({ type: "gru", window: { length: 4 } }, forest)).toMatch(
      /^models\.0\.window: window belongs to the ensemble/,
    );
    expect(issues({ type: "stacking", models: [{ type: "logistic", weight: 2 }, forest] })).toMatch(/weight/);
    expect(issues({ type: "stacking", models: [{ type: "logistic" }, forest], final: { l2: -1 } })).toMatch(
      /^final\.l2/,
    );
  });

  it("are those of the ensemble's kind", () => {
    expect(issues({ type: "voting", models: [{ type: "isolation-forest" }, forest] })).toMatch(
      /^models\.0\.type/,
    );
    expect(issues({ type: "rank-average", models: [forest, { type: "isolation-forest" }] })).toMatch(
      /^models\.0\.type/,
    );
    expect(issues({ type: "voting", models: [{ type: "voting", models: [] }, forest] })).toMatch(
      /^models\.0\.type/,
    );
  });
});

function memorised({ X, y, classes }: Rows, seen: number[]): FittedClassifier {
  seen.push(X.rows);
  const known = new Map(Array.from(X.data, (id, i) => [id, y[i]]));
  return {
    kind: "classifier",
    classes,
    summary: {},
    predictProba: ({ rows, data }) => ({
      rows,
      columns: 2,
      data: Float32Array.from({ length: 2 * rows }, (_, i) => {
        const c = known.get(data[i >> 1]);
        return c === undefined ? 0.5 : c === i % 2 ? 1 : 0;
      }),
    }),
    emit: (_, input) => input,
  };
}
