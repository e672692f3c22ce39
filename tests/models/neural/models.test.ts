import { expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import type { Classifier, Detector, FittedClassifier, FittedDetector, Rows } from "#lib/models/contract.js";
import { networkColumns, networkRows } from "#lib/models/neural/columns.js";
import { correlatedColumns } from "#lib/models/neural/correlatedColumns.js";
import { heldOut } from "#lib/models/neural/heldOut.js";
import { definitionOf, modelParams } from "#lib/models/registry.js";
import { allBenign, fitContext, madeNumbers, madeRows } from "../../checks/made.js";
import { largestDifference, onnxHash } from "../../checks/onnxForm.js";

const small = { hidden: [6], epochs: 3, batch: 32 };

async function mlp(train: Rows, params: object = {}, context: object = {}): Promise<FittedClassifier> {
  const { params: schema, create } = definitionOf("mlp");
  const estimator = create(schema.parse({ ...small, ...params })) as Classifier;
  return estimator.fit(train, { ...fitContext(), ...context });
}

/** Weights of an MLP, from its state. */
function weightsOf(model: FittedClassifier): Map<string, Float32Array> {
  const { values } = model.state as { values: { name: string; float32: string }[] };
  return new Map(
    values.map(({ name, float32 }) => [
      name,
      new Float32Array(new Uint8Array(Buffer.from(float32, "base64")).buffer),
    ]),
  );
}

it("an MLP's probabilities are those of its weights, computed by hand", async () => {
  const train = madeNumbers({ rows: 300, columns: 3, classes: 3 });
  const model = await mlp(train);
  const w = weightsOf(model);
  const layer = (x: number[], name: string, width: number): number[] =>
    Array.from({ length: width }, (_, j) =>
      x.reduce(
        (sum, value, i) => sum + value * w.get(`${name}.weight`)![i * width + j],
        w.get(`${name}.bias`)![j],
      ),
    );
  const expected = Array.from({ length: 300 }, (_, row) => {
    const x = [...train.X.data.subarray(3 * row, 3 * row + 3)];
    const z = layer(
      layer(x, "hidden0", 6).map((h) => Math.max(0, h)),
      "output",
      3,
    ).map(Math.exp);
    const total = z.reduce((sum, each) => sum + each, 0);
    return z.map((each) => each / total);
  });
  expect(largestDifference(model.predictProba(train.X).data, expected.flat())).toBeLessThan(1e-5);
});

it("an MLP reads categories by embeddings, and tells levels apart", async () => {
  const rows = 600;
  const data = Float32Array.from({ length: rows }, (_, i) => i % 4);
  const train: Rows = {
    X: { rows, columns: 1, data },
    features: [{ name: "service", kind: "category", levels: ["dns", "ftp", "http", "ssh"] }],
    y: Int32Array.from(data, (level) => (level === 1 || level === 2 ? 1 : 0)),
    classes: ["benign", "attack"],
  };
  const model = await mlp(train, { epochs: 30, learning_rate: 0.02, embedding: 3 });
  const p = model.predictProba({
    rows: 6,
    columns: 1,
    data: Float32Array.of(0, 1, 2, 3, -1, Number.NaN),
  }).data;
  expect([0, 1, 2, 3].map((i) => Math.round(p[2 * i + 1]))).toEqual([0, 1, 1, 0]);
  // New levels and missing ones, of which training had none, are the same: nothing is known of either.
  expect(p.slice(8, 10)).toEqual(p.slice(10, 12));
});

it("missing numbers become 0, and a column says so where training had some", () => {
  const made = madeRows({ rows: 4, category: true });
  made.X.data.set([1, Number.NaN, 3, -1, 5, 6, 7, Number.NaN]);
  const columns = networkColumns(made);
  expect(columns).toMatchObject({ numbers: [0, 1, 2], missing: [1], categories: [{ column: 3, levels: 5 }] });
  const { numbers, places } = networkRows(columns, made.X);
  expect([...numbers.data.slice(0, 8)]).toEqual([1, 0, 3, 1, 5, 6, 7, 0]);
  expect([...places[0].slice(0, 2)]).toEqual([0, 6]);
});

it("a wide MLP with dropout gives the same bytes for one thread and two", async () => {
  const train = madeNumbers({ rows: 1500, columns: 70 });
  const params = { hidden: [96, 48], batch: 256, dropout: 0.2, activation: "gelu", class_weight: "balanced" };
  const [one, two] = [await mlp(train, params, { workers: 1 }), await mlp(train, params, { workers: 2 })];
  expect(onnxHash(two, 70)).toBe(onnxHash(one, 70));
  const without = await mlp(train, { ...params, dropout: 0 });
  expect(onnxHash(without, 70)).not.toBe(onnxHash(one, 70));
});

it.each([
  ["sgd", { optimizer: "sgd", learning_rate: 0.1 }],
  ["adamw", { optimizer: "adamw", learning_rate: 0.02, weight_decay: 0.01 }],
  ["focal loss and smoothed labels", { learning_rate: 0.02, focal_gamma: 2, label_smoothing: 0.05 }],
  ["clipped and gathered gradients", { learning_rate: 0.02, clip: 1, accumulate: 2 }],
])("an MLP learns with %s", async (_name, params) => {
  const train = madeNumbers({ rows: 1000, columns: 3 });
  const model = await mlp(train, { epochs: 15, ...params });
  const { data } = model.predictProba(train.X);
  const right = train.y.reduce((sum, y, i) => sum + (data[2 * i + 1] > 0.5 === (y === 1) ? 1 : 0), 0);
  expect(right / 1000).toBeGreaterThan(0.95);
});

it("an MLP goes on from another one's weights, and refuses those of other layers by name", async () => {
  const train = madeNumbers({ rows: 400, columns: 3 });
  const first = await mlp(train, { epochs: 10 });
  const state = JSON.parse(JSON.stringify(first.state));
  const further = await mlp(train, { epochs: 1, learning_rate: 1e-9 }, { state });
  expect(
    largestDifference(further.predictProba(train.X).data, first.predictProba(train.X).data),
  ).toBeLessThan(1e-5);
  await expect(mlp(train, { hidden: [7] }, { state })).rejects.toThrow(
    /mlp: continue_from: the earlier network differs from this one: hidden0\.weight \(3 × 6, now 3 × 7\)/,
  );
  await expect(mlp(train, {}, { state: { values: 3 } })).rejects.toThrow(
    /mlp: continue_from: the state cannot be read/,
  );
});

it.each([
  ["autoencoder", { hidden: [8, 2], activation: "tanh" }, "encoder0"],
  ["deep-svdd", { hidden: [16, 8] }, "hidden0"],
] as const)(
  "%s goes on from another one's weights, and refuses those of other layers",
  async (type, params, layer) => {
    const { params: schema, create } = definitionOf(type);
    const fit = (own: object, state?: unknown): Promise<FittedDetector> => {
      const chosen = { ...params, epochs: 10, learning_rate: 0.01, batch: 64, ...own };
      return (create(schema.parse(chosen)) as Detector).fit(plane(400, 0), {
        ...fitContext(1, state === undefined ? 7 : 8),
        ...(state === undefined ? {} : { state }),
      });
    };
    const first = await fit({});
    const state = JSON.parse(JSON.stringify(first.state));
    const test = plane(100, 0.5).X;
    const still = { epochs: 1, learning_rate: 1e-9 };
    // Of another seed: without the state its weights and its centre were others.
    expect(largestDifference((await fit(still, state)).score(test), first.score(test))).toBeLessThan(1e-5);
    const further = await fit({ epochs: 5 }, state);
    expect(largestDifference(further.score(test), first.score(test))).toBeGreaterThan(1e-3);
    expect(centreOf(further)).toEqual(centreOf(first));
    await expect(fit({ hidden: [9, 3] }, state)).rejects.toThrow(
      new RegExp(
        `${type}: continue_from: the earlier network differs .*${layer}\\.weight \\(6 × ${params.hidden[0]}, now 6 × 9\\)`,
      ),
    );
    await expect(fit({}, { values: 3 })).rejects.toThrow(`${type}: continue_from: the state cannot be read`);
  },
);

const centreOf = ({ state }: FittedDetector): unknown => (state as { centre?: number[] }).centre;

it("an autoencoder that goes on is not pre-trained again", () => {
  const entry = { type: "autoencoder", pretrain: 3, continue_from: "models/before" };
  expect(() => modelParams.parse(entry)).toThrow(/pretrain/);
});

it("a class that training lacks is named before anything is trained", async () => {
  const made = madeNumbers({ rows: 60, columns: 2 });
  const train = { ...made, classes: [...made.classes, "attack-2"] };
  await expect(mlp(train)).rejects.toThrow(/mlp: .*empty: attack-2/);
});

it("an unknown option of a layer is refused by its values", () => {
  const { params } = definitionOf("mlp");
  expect(() => params.parse({ activation: "swish" })).toThrow(/relu/);
  expect(() => params.parse({ hidden: [0] })).toThrow(/hidden/);
});

/** Rows on a plane, and rows off it. */
function plane(rows: number, off: number): Rows {
  const made = allBenign(madeNumbers({ rows, columns: 6, seed: off + 3 }));
  for (let i = 0; i < rows; i++)
    for (let j = 2; j < 6; j++)
      made.X.data[6 * i + j] =
        made.X.data[6 * i] - j * 0.3 * made.X.data[6 * i + 1] + (off > 0 && j === 3 ? off : 0);
  return made;
}

const detectors = [
  ["autoencoder", { hidden: [8, 2], activation: "tanh" }],
  ["autoencoder", { hidden: [8, 2], activation: "tanh", swap_noise: 0.05 }],
  ["autoencoder", { hidden: [8, 2], activation: "tanh", pretrain: 5 }],
  ["deep-svdd", { hidden: [16, 8] }],
  ["kitsune", { columns: 3 }],
] as const;
it.each(detectors)("%s %j scores what does not fit higher, and keeps a history", async (type, params) => {
  const { params: schema, create } = definitionOf(type);
  const estimator = create(
    schema.parse({ ...params, epochs: 20, learning_rate: 0.01, batch: 64 }),
  ) as Detector;
  const model = await estimator.fit(plane(1500, 0), fitContext());
  const mean = (rows: Rows): number =>
    model.score(rows.X).reduce((sum, score) => sum + score, 0) / rows.y.length;
  expect(mean(plane(300, 4)) / mean(plane(300, 0))).toBeGreaterThan(type === "deep-svdd" ? 1.5 : 2);
  expect(model.history?.[0]).toMatchObject({ epoch: 1, best_epoch: 1 });
  expect(model.history?.at(-1)?.validation_loss).toBeLessThan(model.history?.[0].validation_loss ?? 0);
});

it("columns that rise together share an autoencoder", () => {
  const { data } = madeNumbers({ rows: 200, columns: 3 }).X;
  const X = new Float32Array(200 * 6);
  for (let i = 0; i < 200; i++)
    [0, 1, 2].forEach((j) => {
      X[6 * i + j] = data[3 * i + j];
      X[6 * i + 5 - j] = 2 * data[3 * i + j] + 1;
    });
  expect(correlatedColumns({ rows: 200, columns: 6, data: X }, 2)).toEqual([
    [0, 5],
    [1, 4],
    [2, 3],
  ]);
  expect(correlatedColumns({ rows: 200, columns: 6, data: X }, 10)).toEqual([[0, 1, 2, 3, 4, 5]]);
});

it("rows held out are none of those that train, and together they are all", () => {
  const X = { rows: 20, columns: 1, data: Float32Array.from({ length: 20 }, (_, i) => i) };
  const { train, held } = heldOut(X, 0.25, Rng.root(1));
  expect([train.rows, held.rows]).toEqual([15, 5]);
  expect([...train.data, ...held.data].sort((a, b) => a - b)).toEqual([...X.data]);
  expect(heldOut(X, 0, Rng.root(1)).train).toBe(X);
  expect(heldOut({ ...X, rows: 1 }, 0.9, Rng.root(1)).train.rows).toBe(1);
});

it("an autoencoder's embedding is its code, deep SVDD's the space of its sphere, an MLP's the last hidden layer", async () => {
  const train = madeNumbers({ rows: 200, columns: 4 });
  for (const [type, columns] of [
    ["mlp", 6],
    ["autoencoder", 6],
    ["deep-svdd", 6],
  ] as const) {
    const { params: schema, create } = definitionOf(type);
    const chosen = schema.parse({ ...small, embedding_output: true });
    const estimator = create(chosen);
    const rows = estimator.kind === "detector" ? allBenign(train) : train;
    const fitted = await estimator.fit(rows, fitContext());
    expect([type, fitted.embedding?.columns]).toEqual([type, columns]);
  }
  expect((await mlp(train)).embedding).toBeUndefined();
});
