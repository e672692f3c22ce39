import { describe, expect, it } from "vitest";
import { DataError, SchemaError } from "#lib/base/errors.js";
import { Rng } from "#lib/base/rng.js";
import { encode } from "#lib/features/encode.js";
import { fitViews } from "#lib/features/fit.js";
import { fittedView } from "#lib/features/fittedView.js";
import type { FeatureColumn } from "#lib/features/schema.js";
import { TrainingRows } from "#lib/features/trainingRows.js";
import {
  applyView,
  emitView,
  type FittedView,
  keepColumns,
  viewFeatures,
  viewOf,
} from "#lib/features/view.js";
import type { ViewStep } from "#lib/features/views.js";
import { OnnxBuilder } from "#lib/onnx/builder.js";
import { OnnxSession } from "#lib/onnx/session.js";
import type { Matrix } from "#lib/table/matrix.js";
import { schemaHash } from "#lib/table/schemaHash.js";
import { float32, int64, Table, text } from "#lib/table/table.js";

const n = 300;
const rng = Rng.root(3);
const noise = (): number[] => Array.from({ length: n }, () => rng.uniform());
const [a, b] = [noise(), noise()];
const features = Table.of({
  row_id: int64(Array.from({ length: n }, (_, i) => i)),
  proto: text(a.map((x) => (x < 0.5 ? "udp" : "tcp"))),
  state: text(a.map((_, i) => (i % 7 === 0 ? null : `S${i % 3}`))),
  one: float32(a.map((x) => 1000 * x)),
  two: float32(a.map((x, i) => 500 * x + 10 * b[i])),
  three: float32(b),
  flat: float32(a.map(() => 4)),
  holes: float32(b.map((x, i) => (i % 5 === 0 ? Number.NaN : x))),
});
const columns = features.names.slice(1).map(
  (name, j): FeatureColumn => ({
    name,
    type: j < 2 ? "category" : "float32",
    unit: null,
    profile: name === "three" ? "oracle" : "realistic",
    origin: "raw",
  }),
);
const all = Int32Array.from({ length: n }, (_, i) => i);
const fitted = (...steps: ViewStep[]): Promise<FittedView> => fittedView(features, columns, "v", steps, all);
const names = (view: FittedView): string[] => viewFeatures(view).map(({ name }) => name);
const raw = (view: FittedView): Matrix => encode(features, columns, view.levels);

async function differenceToOnnx(view: FittedView): Promise<number> {
  const X = raw(view);
  const onnx = new OnnxBuilder();
  const input = onnx.input("X", "float", ["n", X.columns]);
  const Z = applyView(view, X);
  onnx.output("Z", emitView(view, onnx, input), "float", ["n", Z.columns]);
  const session = await OnnxSession.fromBytes(onnx.finish(), 1);
  const out = await session.run(X.data, X.rows, X.columns);
  await session.release();
  expect([out.rows, out.columns]).toEqual([Z.rows, Z.columns]);
  return Z.data.reduce((worst, x, i) => {
    const gap = Number.isNaN(x) && Number.isNaN(out.data[i]) ? 0 : Math.abs(x - out.data[i]);
    return gap > worst || Number.isNaN(gap) ? gap : worst;
  }, 0);
}

const scaled: ViewStep[] = [
  { impute: "median", indicator: true },
  { "one-hot": { unknown: "other" } },
  { scale: "standard" },
];

describe("keep", () => {
  it("leaves the named columns in their order, of every kind", async () => {
    expect(names(await fitted({ keep: ["two", "proto", "nothing"] }))).toEqual(["two", "proto"]);
    const view = await fitted(...scaled, { keep: ["state=S1", "three", "holes_missing", "proto=tcp"] });
    expect(names(view)).toEqual(["three", "holes_missing", "proto=tcp", "state=S1"]);
    expect(await differenceToOnnx(view)).toBeLessThan(1e-6);
  });
  it("is what a model's own choice becomes, on a view without steps too", async () => {
    const view = keepColumns(await fitted(), ["state", "one"]);
    expect(names(view)).toEqual(["one", "state"]);
    expect(await differenceToOnnx(view)).toBe(0);
    expect(names(keepColumns(await fitted(...scaled), ["proto=udp"]))).toEqual(["proto=udp"]);
  });
  it("says when no column is left", async () => {
    await expect(fitted({ keep: ["nothing"] })).rejects.toThrow(DataError);
    await expect(fitted({ keep: ["nothing"] })).rejects.toThrow(
      'features: view "v": step {"keep":["nothing"]} keeps none of 7 columns.',
    );
  });
});

describe("variance", () => {
  it("leaves out columns of a single value, or of little variance; categories stay", async () => {
    expect(names(await fitted({ variance: { above: 0 } }))).toEqual([
      ...["one", "two", "three", "holes", "proto", "state"],
    ]);
    const view = await fitted(...scaled.slice(0, 2), { variance: { above: 1000 } });
    expect(names(view)).toEqual(["one", "two"]);
    expect(await differenceToOnnx(view)).toBeLessThan(1e-6);
    await expect(fitted(...scaled, { variance: { above: 9 } })).rejects.toThrow("keeps none of");
  });
});

describe("pca", () => {
  it("turns all columns into its components, in ONNX too, and steps may follow", async () => {
    const view = await fitted(...scaled, { pca: { components: 3, whiten: false } });
    expect(names(view)).toEqual(["pca_1", "pca_2", "pca_3"]);
    expect(JSON.parse(JSON.stringify(view))).toEqual(view);
    expect(await differenceToOnnx(view)).toBeLessThan(1e-5);
    const white = await fitted(...scaled, { pca: { components: 0.9, whiten: true } }, { scale: "minmax" });
    expect(await differenceToOnnx(white)).toBeLessThan(1e-5);
    const Z = applyView(white, raw(white));
    const first = Z.data.filter((_, i) => i % Z.columns === 0);
    expect([Math.min(...first), Math.max(...first)]).toEqual([0, 1]);
  });
  it("keeps as many as explain the share", async () => {
    const share = async (components: number): Promise<number> =>
      names(await fitted({ keep: ["one", "two", "three"] }, { pca: { components, whiten: false } })).length;
    expect([await share(0.5), await share(0.99999)]).toEqual([1, 2]);
  });
  it("learns the same from batches of any size", async () => {
    const steps: ViewStep[] = [...scaled, { "incremental-pca": { components: 2, whiten: false, batch: 64 } }];
    const whole = await fitted(...steps);
    const part = { kind: "text", codes: new Int32Array(n), dictionary: ["train"] } as const;
    const split = Table.of({ row_id: features.column("row_id"), part });
    async function* batches(): AsyncGenerator<Table, void> {
      for (let begin = 0; begin < n; begin += 41)
        yield features.take(all.subarray(begin, Math.min(n, begin + 41)));
    }
    const rows = TrainingRows.fetching(
      features.numbers("row_id"),
      split,
      async (name) => features.column(name),
      undefined,
      batches,
    );
    const schema = { columns, schema_hash: schemaHash(columns) };
    const views = await fitViews({ v: steps }, rows, schema);
    expect(viewOf(views, "v", "oracle")).toEqual(whole);
    expect(viewOf(views, "v", "realistic").columns).toHaveLength(6);
  });
  it("refuses categories, missing values and more components than columns, by name", async () => {
    await expect(fitted({ pca: { components: 2, whiten: false } })).rejects.toThrow(SchemaError);
    await expect(
      fitted({ keep: ["one", "holes"] }, { pca: { components: 2, whiten: false } }),
    ).rejects.toThrow('pca takes finite numbers, and column "holes" has missing or infinite values');
    await expect(fitted({ keep: ["one", "two"] }, { pca: { components: 3, whiten: false } })).rejects.toThrow(
      'features: view "v": pca: components is 3, and there are 2 columns. Lower it in params.yaml.',
    );
    await expect(
      fitted(...scaled, { "incremental-pca": { components: 4, whiten: false, batch: 3 } }),
    ).rejects.toThrow("3 rows are taken up at once");
  });
  it("tells who needs a form of a view that could not be fitted, and only them", async () => {
    const part = { kind: "text", codes: new Int32Array(n), dictionary: ["train"] } as const;
    const split = Table.of({ row_id: features.column("row_id"), part });
    const steps: ViewStep[] = [{ keep: ["one", "two", "three"] }, { pca: { components: 3, whiten: false } }];
    const schema = { columns, schema_hash: schemaHash(columns) };
    const views = await fitViews({ v: steps }, TrainingRows.of(features, split), schema);
    expect(names(viewOf(views, "v", "oracle"))).toHaveLength(3);
    expect(() => viewOf(views, "v", "realistic")).toThrow("components is 3, and there are 2 columns");
  });
});
