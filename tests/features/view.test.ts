import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DataError, SchemaError } from "#lib/base/errors.js";
import { Rng } from "#lib/base/rng.js";
import { ingest } from "#lib/dataset/ingest.js";
import { buildFeatures } from "#lib/features/build.js";
import { derivedGroups } from "#lib/features/derived.js";
import { encode } from "#lib/features/encode.js";
import { fitViews } from "#lib/features/fit.js";
import type { FeatureColumn } from "#lib/features/schema.js";
import { TrainingRows } from "#lib/features/trainingRows.js";
import { applyView, type FittedView, fitView, viewFeatures, viewOf } from "#lib/features/view.js";
import type { ViewStep } from "#lib/features/views.js";
import { splitFlows } from "#lib/split/split.js";
import type { Matrix } from "#lib/table/matrix.js";
import { float32, int64, Table, text } from "#lib/table/table.js";
import { difference, throughOnnx } from "./throughOnnx.js";

const columns: FeatureColumn[] = [
  { name: "proto", type: "category", unit: null, profile: "realistic", origin: "raw" },
  { name: "bytes_in", type: "float32", unit: "bytes", profile: "realistic", origin: "raw" },
  { name: "share", type: "float32", unit: "ratio", profile: "realistic", origin: "raw" },
  { name: "state", type: "category", unit: null, profile: "realistic", origin: "raw" },
  { name: "took", type: "float32", unit: "s", profile: "realistic", origin: "raw" },
];
const nan = Number.NaN;
const features = Table.of({
  row_id: int64([0, 1, 2, 3, 4, 5, 6]),
  proto: text(["udp", "tcp", "tcp", "udp", "tcp", "icmp", null]),
  bytes_in: float32([10, 30, nan, 20, 40, 1e9, -5]),
  share: float32([0.5, 0.5, 0.5, 0.5, 0.5, 0.25, nan]),
  state: text(["SF", null, "S0", "SF", "SF", "S0", "new"]),
  took: float32([1, 2, 3, 4, 1e-6, nan, 1e9]),
});
const split = Table.of({
  row_id: int64([0, 1, 2, 3, 4, 5, 6]),
  part: text(["train", "train", "train", "train", "train", "test", "validation"]),
});
const train = TrainingRows.of(features, split);
const fitted = (...steps: ViewStep[]): Promise<FittedView> => fitView("v", steps, train, columns);
const raw = (view: FittedView): Matrix => encode(features, columns, view.levels);
const columnOf = (view: FittedView, name: string): number[] => {
  const Z = applyView(view, raw(view));
  const j = viewFeatures(view).findIndex((feature) => feature.name === name);
  return Array.from({ length: Z.rows }, (_, row) => Z.data[row * Z.columns + j]);
};

/** The rows 1 and 4 of the training part are attacks. */
const labelled = TrainingRows.of(features, split, Uint8Array.of(0, 1, 0, 0, 1, 1, 0));

describe("TrainingRows", () => {
  it("holds training rows and nothing else", async () => {
    expect(await train.column("row_id")).toEqual(int64([0, 1, 2, 3, 4]));
  });
  it("refuses rows that the split does not know, and a split without training rows", () => {
    expect(() => TrainingRows.of(features, split.take([0, 1]))).toThrow(DataError);
    expect(() => TrainingRows.of(features.take([5, 6]), split)).toThrow(/no training rows/);
  });
  it("knows the benign rows where labels were given", async () => {
    expect([...(await labelled.benign())]).toEqual([0, 2, 3]);
    await expect(train.benign()).rejects.toThrow(/no labels were given/);
    await expect(TrainingRows.of(features, split, new Uint8Array(7).fill(1)).benign()).rejects.toThrow(
      /training part has none/,
    );
  });
});

describe("rows: benign", () => {
  it("scales by the benign training rows alone", async () => {
    const view = await fitView("v", [{ scale: "minmax", rows: "benign" }], labelled, columns);
    expect(columnOf(view, "bytes_in").slice(0, 5)).toEqual([0, 2, nan, 1, 3]); // of 10 and 20
    expect(
      columnOf(view, "took")
        .slice(0, 4)
        .map((x) => x * 3),
    ).toEqual([0, 1, 2, 3].map((x) => expect.closeTo(x, 6)));
  });
  it("imputes by them, and the next step still sees every training row", async () => {
    const steps: ViewStep[] = [{ impute: "median", rows: "benign" }, { scale: "minmax" }];
    const view = await fitView("v", steps, labelled, columns);
    expect(columnOf(view, "bytes_in")[2]).toBeCloseTo((15 - 10) / 30); // 15 of 10 and 20; 10 to 40 in all
  });
  it("is the same as all rows where none is an attack, and asks for no labels elsewhere", async () => {
    const calm = TrainingRows.of(features, split, new Uint8Array(7));
    const own = await fitView("v", [{ scale: "standard", rows: "benign" }], calm, columns);
    expect(own).toEqual(await fitted({ scale: "standard" }));
    await expect(fitted({ scale: "standard", rows: "benign" })).rejects.toThrow(/no labels/);
  });
});

describe("scale with flags: true", () => {
  it("scales 0/1 columns too, in ONNX as well", async () => {
    const steps: ViewStep[] = [
      { impute: "median" },
      { "one-hot": { unknown: "other" } },
      { scale: "standard", flags: true },
    ];
    const view = await fitted(...steps);
    const tcp = columnOf(view, "proto=tcp"); // 3 of 5: mean .6, sd .49
    expect(tcp[0]).toBeCloseTo(-0.6 / Math.sqrt(0.24), 6);
    expect(tcp[1]).toBeCloseTo(0.4 / Math.sqrt(0.24), 6);
    expect(columnOf(view, "proto=(other)")).toEqual([0, 0, 0, 0, 0, 1, 1]); // never set in training
    expect(difference(applyView(view, raw(view)), await throughOnnx(view, raw(view)))).toBeLessThan(1e-6);
  });
});

describe("encode", () => {
  it("codes categories by sorted training levels: -1 unseen, NaN missing", async () => {
    const view = await fitted();
    expect(view.levels).toEqual({ proto: ["tcp", "udp"], state: ["S0", "SF"] });
    const X = raw(view);
    const codes = (j: number): number[] => Array.from({ length: 7 }, (_, row) => X.data[row * 5 + j]);
    expect(codes(0)).toEqual([1, 0, 0, 1, 0, -1, nan]);
    expect(codes(3)).toEqual([1, nan, 0, 1, 1, 0, -1]);
    expect(codes(1)).toEqual([10, 30, nan, 20, 40, 1e9, -5]);
  });
  it("names columns that are not there, or fills them when told to", async () => {
    const less = features.select(["proto", "bytes_in", "state", "took"]);
    const { levels } = await fitted();
    expect(() => encode(less, columns, levels)).toThrow(SchemaError);
    expect(() => encode(less, columns, levels)).toThrow(
      /column "share" not in the table \(expected 5 columns/,
    );
    expect(encode(less, columns, levels, { absent: "missing" }).data[2]).toBeNaN();
  });
});

describe("a view without steps", () => {
  it("is the matrix itself", async () => {
    const view = await fitted();
    const X = raw(view);
    expect(applyView(view, X)).toBe(X);
    expect(viewFeatures(view)).toEqual([
      { name: "proto", kind: "category", levels: ["tcp", "udp"] },
      { name: "bytes_in", kind: "number" },
      { name: "share", kind: "number" },
      { name: "state", kind: "category", levels: ["S0", "SF"] },
      { name: "took", kind: "number" },
    ]);
  });
  it("refuses another width", async () => {
    const view = await fitted();
    expect(() => applyView(view, { rows: 1, columns: 4, data: new Float32Array(4) })).toThrow(SchemaError);
  });
});

describe("impute", () => {
  it("fills with the training median, and marks columns that had missing values in training", async () => {
    const view = await fitted({ impute: "median", indicator: true });
    expect(columnOf(view, "bytes_in")).toEqual([10, 30, 25, 20, 40, 1e9, -5]);
    expect(columnOf(view, "bytes_in_missing")).toEqual([0, 0, 1, 0, 0, 0, 0]);
    expect(columnOf(view, "share")[6]).toBe(0.5);
    expect(viewFeatures(view).map(({ name }) => name)).toEqual([
      "bytes_in",
      "share",
      "took",
      "proto",
      "state",
      "bytes_in_missing",
    ]);
    expect(columnOf(view, "state")[1]).toBeNaN();
  });
  it("fills with the most frequent value, categories too", async () => {
    const view = await fitted({ impute: "most-frequent" });
    expect(columnOf(view, "bytes_in")[2]).toBe(10); // all once: the smallest
    expect(columnOf(view, "state")).toEqual([1, 1, 0, 1, 1, 0, -1]);
  });
  it("fills with a constant", async () => {
    expect(columnOf(await fitted({ impute: { constant: -1 } }), "bytes_in")[2]).toBe(-1);
  });
});

describe("log1p", () => {
  it("takes columns by name, by unit, and duration; negative counts as 0", async () => {
    const view = await fitted({ log1p: ["bytes", "duration", "nothing"] });
    expect(columnOf(view, "bytes_in")[0]).toBeCloseTo(Math.log(11), 6);
    expect(columnOf(view, "bytes_in")[6]).toBe(0);
    expect(columnOf(view, "bytes_in")[2]).toBeNaN();
    expect(columnOf(view, "took")[4]).toBe(Math.fround(Math.log1p(Math.fround(1e-6))));
    expect(columnOf(view, "share")[0]).toBe(0.5);
    expect(columnOf(await fitted({ log1p: ["share"] }), "share")[0]).toBeCloseTo(Math.log(1.5), 6);
    expect(columnOf(await fitted({ log1p: "all" }), "share")[0]).toBeCloseTo(Math.log(1.5), 6);
  });
});

describe("one-hot", () => {
  it("gives unseen levels a column of their own, and missing ones where training had them", async () => {
    const view = await fitted({ "one-hot": { unknown: "other" } });
    const names = viewFeatures(view).map(({ name }) => name);
    expect(names.slice(3)).toEqual([
      ...["proto=tcp", "proto=udp", "proto=(other)"],
      ...["state=S0", "state=SF", "state=(missing)", "state=(other)"],
    ]);
    expect(columnOf(view, "proto=tcp")).toEqual([0, 1, 1, 0, 1, 0, 0]);
    expect(columnOf(view, "proto=(other)")).toEqual([0, 0, 0, 0, 0, 1, 1]); // missing for the first time: unknown
    expect(columnOf(view, "state=(missing)")).toEqual([0, 1, 0, 0, 0, 0, 0]);
    expect(columnOf(view, "state=(other)")).toEqual([0, 0, 0, 0, 0, 0, 1]);
  });
  it("or leaves them zero", async () => {
    const view = await fitted({ "one-hot": { unknown: "zero" } });
    expect(viewFeatures(view).map(({ name }) => name)).not.toContain("proto=(other)");
    expect([columnOf(view, "proto=tcp")[5], columnOf(view, "proto=udp")[5]]).toEqual([0, 0]);
  });
});

describe("scale", () => {
  it("uses mean and population sd of the training rows", async () => {
    const values = columnOf(await fitted({ scale: "standard" }), "bytes_in"); // 10, 30, 20, 40: mean 25, sd sqrt(125)
    expect(values[0]).toBeCloseTo(-15 / Math.sqrt(125), 6);
    expect(columnOf(await fitted({ scale: "standard" }), "share")).toEqual([0, 0, 0, 0, 0, -0.25, nan]);
  });
  it("uses the range, or median and quartiles", async () => {
    expect(columnOf(await fitted({ scale: "minmax" }), "bytes_in")[3]).toBeCloseTo(1 / 3, 6);
    expect(columnOf(await fitted({ scale: "robust" }), "bytes_in")[0]).toBe(-1); // median 25, quartiles 17.5 and 32.5
  });
  it("leaves 0/1 columns of other steps alone", async () => {
    const view = await fitted({ "one-hot": { unknown: "other" } }, { scale: "standard" });
    expect(columnOf(view, "proto=tcp")).toEqual([0, 1, 1, 0, 1, 0, 0]);
  });
});

describe("quantile", () => {
  it("is the place among the training values: linear between ends of equal shares, flat beyond, equal ends once", async () => {
    const view = await fitted({ quantile: 2 }); // bytes_in 10, 20, 30, 40: ends 10, 30, 40
    expect(columnOf(view, "bytes_in")).toEqual([0, 0.5, nan, 0.25, 1, 1, 0]);
    for (const [value, place] of [
      [-5, 0],
      [35, 0.75],
      [1e9, 1],
      [Number.POSITIVE_INFINITY, 1],
    ]) {
      const X = { rows: 1, columns: view.columns.length, data: raw(view).data.slice(0, view.columns.length) };
      X.data[view.columns.findIndex(({ name }) => name === "bytes_in")] = value;
      const at = viewFeatures(view).findIndex(({ name }) => name === "bytes_in");
      expect(applyView(view, X).data[at]).toBe(place);
      expect((await throughOnnx(view, X)).data[at]).toBe(place);
    }
  });
  it("leaves a column without spread, and what is missing", async () => {
    const view = await fitted({ quantile: 4 });
    expect(columnOf(view, "share")).toEqual([0.5, 0.5, 0.5, 0.5, 0.5, 0.25, nan]);
  });
});

const chains: Record<string, ViewStep[]> = {
  none: [],
  scaled: [
    { impute: "median", indicator: true },
    { log1p: ["bytes", "packets", "duration"] },
    { "one-hot": { unknown: "other" } },
    { scale: "standard" },
  ],
  zero: [
    { impute: { constant: 7 } },
    { "one-hot": { unknown: "zero" } },
    { log1p: "all" },
    { scale: "minmax" },
  ],
  frequent: [{ impute: "most-frequent", indicator: true }, { scale: "robust" }],
  quantiles: [{ quantile: 3 }, { "one-hot": { unknown: "other" } }, { scale: "standard" }],
  "missing stays": [{ log1p: "all" }, { scale: "standard" }, { "one-hot": { unknown: "other" } }],
};

describe.each(Object.entries(chains))("a fitted view in ONNX: %s", (_, steps) => {
  it("agrees with TypeScript for missing, unseen, tiny, negative and huge values, from JSON too", async () => {
    const before = await fitted(...steps);
    const view = JSON.parse(JSON.stringify(before)) as FittedView;
    expect(view).toEqual(before);
    const X = raw(view);
    expect(difference(applyView(view, X), await throughOnnx(view, X))).toBeLessThan(1e-5);
  });
});

describe("views of one kind of column", () => {
  const numbers = columns.filter((column) => column.type === "float32");
  const categories = columns.filter((column) => column.type === "category");
  it.each([
    ["numbers", numbers],
    ["categories", categories],
  ] as const)("work on %s alone", async (_, chosen) => {
    const view = await fitView("v", chains.scaled, train, chosen);
    const X = encode(features, chosen, view.levels);
    expect(difference(applyView(view, X), await throughOnnx(view, X))).toBeLessThan(1e-5);
  });
});

const testbed = "../shared/data/testbed";
describe.skipIf(!existsSync(testbed))("views of the testbed (skipped: ../shared is not here)", () => {
  it("agree with ONNX on every flow, for both profiles", async () => {
    const policy = { unknown: "drop", empty: "drop", background: "drop", no_column: "error" } as const;
    const { table: flows } = await ingest(
      { path: testbed, files: null, dialect: "auto", rows: null },
      policy,
      42,
    );
    const parts = splitFlows(
      flows,
      { recipe: "group", by: "site", test: ["b"], validation: 0.2 },
      Rng.root(42),
    ).table;
    const { table, schema } = buildFeatures(flows, { derived: derivedGroups });
    const views = await fitViews({ scaled: chains.scaled }, TrainingRows.of(table, parts), schema);
    for (const profile of ["realistic", "oracle"] as const) {
      const view = viewOf(views, "scaled", profile);
      const X = encode(table, view.columns, view.levels);
      const Z = applyView(view, X);
      expect(Z.rows).toBe(29339);
      expect(Z.data.some(Number.isNaN)).toBe(false);
      expect(difference(Z, await throughOnnx(view, X))).toBeLessThan(1e-5);
    }
    expect(viewOf(views, "scaled", "oracle").columns.map(({ name }) => name)).toContain("resp_port");
    expect(viewOf(views, "scaled", "realistic").columns.map(({ name }) => name)).not.toContain("resp_port");
    expect(() => viewOf(views, "other", "oracle")).toThrow(
      /view "other" is not in transform\.json \(has: scaled\)/,
    );
  });
});
