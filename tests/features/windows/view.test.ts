import { describe, expect, it } from "vitest";
import { applyView, type FittedView, viewFeatures, windowedView } from "#lib/features/view.js";
import { windowsOf } from "#lib/features/windows/build.js";
import { gatherWindows } from "#lib/features/windows/matrix.js";
import type { Matrix } from "#lib/table/matrix.js";
import { int64, Table, text } from "#lib/table/table.js";
import { difference, throughOnnx } from "../throughOnnx.js";

const nan = Number.NaN;
const column = { unit: null, profile: "realistic", origin: "raw" } as const;
const raw: FittedView = {
  name: "raw",
  columns: [
    { name: "bytes", type: "float32", ...column },
    { name: "proto", type: "category", ...column },
  ],
  levels: { proto: ["tcp", "udp"] },
  steps: [],
};
const filled: FittedView = {
  ...raw,
  steps: [{ transform: "impute", state: { fill: [7, 0], indicators: [0] } }],
};
/** Four rows of one host, and one of another. */
const rows: Matrix = { rows: 5, columns: 2, data: Float32Array.of(10, 0, nan, 1, 40, nan, 5, 0, 1e9, 1) };
const hosts = Table.of({ start_us: int64([1, 2, 3, 4, 5]), orig_addr: text(["a", "a", "a", "a", "b"]) });
const X = gatherWindows(rows, windowsOf(hosts, { length: 3 }), [0, 2, 3, 4]);
const names = (view: FittedView): string[] => viewFeatures(view).map(({ name }) => name);
const row = ({ columns, data }: Matrix, i: number): number[] => [
  ...data.subarray(i * columns, (i + 1) * columns),
];

describe("a view of windows", () => {
  it("has the rows side by side, oldest first, and keeps what is missing", () => {
    const view = windowedView(raw, { length: 3, as: "rows" });
    expect(names(view)).toEqual(["bytes@-2", "proto@-2", "bytes@-1", "proto@-1", "bytes@0", "proto@0"]);
    const Z = applyView(view, X);
    expect(row(Z, 0)).toEqual([nan, nan, nan, nan, 10, 0]);
    expect(row(Z, 1)).toEqual([10, 0, nan, 1, 40, nan]);
    expect(row(Z, 3)).toEqual([nan, nan, nan, nan, 1e9, 1]);
  });

  it("puts 0 where a window has no row when the view fills what is missing: a row that lacks a value is told apart", () => {
    const Z = applyView(windowedView(filled, { length: 3, as: "rows" }), X);
    expect(row(Z, 0)).toEqual([0, 0, 0, 0, 0, 0, 10, 0, 0]);
    expect(row(Z, 1)).toEqual([10, 0, 0, 7, 1, 1, 40, 0, 0]);
  });

  it("sums a window up: the last row, and mean, sd, least and largest of what is there", () => {
    const view = windowedView(raw, { length: 3, as: "summary" });
    expect(names(view)).toEqual([
      "bytes_last",
      "proto_last",
      "bytes_mean",
      "bytes_sd",
      "bytes_min",
      "bytes_max",
    ]);
    const Z = applyView(view, X);
    expect(row(Z, 0)).toEqual([10, 0, 10, 0, 10, 10]);
    expect(row(Z, 1)).toEqual([40, nan, 25, 15, 10, 40]);
    expect(row(Z, 2)).toEqual([5, 0, 22.5, 17.5, 5, 40]);
  });

  for (const as of ["rows", "summary"] as const) {
    for (const [name, view] of Object.entries({ raw, filled })) {
      it(`is the same in ONNX (${as}, ${name})`, async () => {
        const windowed = windowedView(view, { length: 3, as });
        expect(difference(applyView(windowed, X), await throughOnnx(windowed, X))).toBeLessThan(1e-6);
      });
    }
  }

  it("refuses a matrix of another width", () => {
    expect(() => applyView(windowedView(raw, { length: 3, as: "rows" }), rows)).toThrow(
      /takes 6 columns, the matrix has 2/,
    );
  });
});
