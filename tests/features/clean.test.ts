import { describe, expect, it } from "vitest";
import type { FeatureColumn } from "#lib/features/schema.js";
import { TrainingRows } from "#lib/features/trainingRows.js";
import { applyView, emitView, fitView } from "#lib/features/view.js";
import { OnnxBuilder } from "#lib/onnx/builder.js";
import { OnnxSession } from "#lib/onnx/session.js";
import { float32, int64, Table, text } from "#lib/table/table.js";

const nan = Number.NaN;
const names = ["flow_byts_s", "flow_iat_min", "init_fwd_win_byts", "pkt_len_var", "idle_max"];
const columns = names.map(
  (name): FeatureColumn => ({ name, type: "float32", unit: null, profile: "realistic", origin: "raw" }),
);
const proto: FeatureColumn = {
  name: "proto",
  type: "category",
  unit: null,
  profile: "realistic",
  origin: "raw",
};
/** Four training rows, then two that training did not see. */
const features = Table.of({
  row_id: int64([0, 1, 2, 3, 4, 5]),
  flow_byts_s: float32([1, Infinity, 3, 8, Infinity, 2]),
  flow_iat_min: float32([-5, 10, 20, nan, -1, 7]),
  init_fwd_win_byts: float32([-1, 8192, -1, 100, -1, 5]),
  pkt_len_var: float32([1, Infinity, 3, 4, Infinity, 6]),
  idle_max: float32([1, 2, 3, 4, nan, -9]),
  proto: text(["tcp", "udp", "tcp", "tcp", null, "udp"]),
});
const split = Table.of({
  row_id: int64([0, 1, 2, 3, 4, 5]),
  part: text(["train", "train", "train", "train", "test", "test"]),
});

describe("the step clean: ml-ids", async () => {
  const view = await fitView("cleaned", [{ clean: "ml-ids" }], TrainingRows.of(features, split), [
    ...columns,
    proto,
  ]);
  const rows = names.map((name) => features.numbers(name));
  const X = {
    rows: 6,
    columns: 6,
    data: Float32Array.from({ length: 36 }, (_, i) =>
      i % 6 === 5 ? [0, 1, 0, 0, nan, 1][Math.floor(i / 6)] : rows[i % 6][Math.floor(i / 6)],
    ),
  };

  it("nulls infinite rates, then negatives but windows, then fills what training had missing by its median", () => {
    const Z = applyView(view, X);
    const column = (j: number): number[] => Array.from({ length: 6 }, (_, row) => Z.data[row * 6 + j]);
    expect(column(0)).toEqual([1, 3, 3, 8, 3, 2]); // median of 1, 3, 8
    expect(column(1)).toEqual([15, 10, 20, 15, 15, 7]); // -5 and NaN were missing; median of 10, 20
    expect(column(2)).toEqual([-1, 8192, -1, 100, -1, 5]);
    expect(column(3)).toEqual([1, Infinity, 3, 4, Infinity, 6]); // no rate
    expect(column(4)).toEqual([1, 2, 3, 4, nan, nan]); // complete in training: nothing to fill with
    expect(column(5)).toEqual([0, 1, 0, 0, nan, 1]);
  });

  it("is the same in ONNX", async () => {
    const onnx = new OnnxBuilder();
    const input = onnx.input("X", "float", ["n", 6]);
    onnx.output("Z", emitView(view, onnx, input), "float", ["n", 6]);
    const session = await OnnxSession.fromBytes(onnx.finish(), 1);
    expect([...(await session.run(X.data, 6, 6)).data]).toEqual([...applyView(view, X).data]);
    await session.release();
  });
});
