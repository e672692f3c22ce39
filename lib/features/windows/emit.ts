import type { OnnxBuilder, Value } from "../../onnx/builder.js";
import type { FeatureInfo } from "../../table/matrix.js";
import type { ViewWindow } from "./params.js";

/** The windows of a matrix as their steps: float [n, length·d] → float [n·length, d]. */
export function emitSteps(onnx: OnnxBuilder, input: Value, length: number, columns: number): Value {
  return reshaped(onnx, input, [-1, columns], [`${length}n`, columns]);
}

/** 1 for a step all of whose numbers are missing, else 0: bool [m, d] → float [m, 1]. @param steps m */
export function emitAbsent(onnx: OnnxBuilder, missing: Value, steps: string, columns: number): Value {
  const numbers = onnx.nodes("Cast", [missing], { to: { int: 1 } }, [[steps, columns]]);
  return onnx.nodes("ReduceMin", numbers, { axes: { ints: [1] }, keepdims: { int: 1 } }, [[steps, 1]])[0];
}

/**
 * What windowMatrix computes, in ONNX; sums in doubles, as there.
 * @param raw float [n·length, columns], the steps before the view
 * @param viewed float [n·length, d], after it
 * @returns float [n, windowFeatures]
 */
export function emitWindow(
  onnx: OnnxBuilder,
  raw: { readonly value: Value; readonly columns: number },
  viewed: Value,
  features: readonly FeatureInfo[],
  { length, as, absent }: ViewWindow,
): Value {
  const steps = `${length}n`;
  const node = (op: string, inputs: Value[], shape: (number | string)[], attributes = {}): Value =>
    onnx.nodes(op, inputs, attributes, [shape])[0];
  const float = (value: number): Value => onnx.tensor("float", [1, 1], [value]);
  const missing = node("IsNaN", [raw.value], [steps, raw.columns]);
  const there = node("Less", [emitAbsent(onnx, missing, steps, raw.columns), float(0.5)], [steps, 1]);
  const nothing = float(absent === "missing" ? Number.NaN : 0);
  const d = features.length;
  const kept = node("Where", [there, viewed, nothing], [steps, d]);
  if (as === "rows") return reshaped(onnx, kept, [-1, length * d], ["n", length * d]);

  const cube = reshaped(onnx, kept, [-1, length, d], ["n", length, d]);
  const lastStep = onnx.tensor("int64", [], [length - 1]);
  const last = node("Gather", [cube, lastStep], ["n", d], { axis: { int: 1 } });
  const places = features.flatMap(({ kind }, j) => (kind === "number" ? [j] : []));
  if (places.length === 0) return last;
  const m = places.length;
  const wide: (number | string)[] = ["n", length, m];
  const numbers = node("Gather", [viewed, onnx.tensor("int64", [m], places)], [steps, m], {
    axis: { int: 1 },
  });
  const double = (value: number): Value => onnx.tensor("double", [1, 1, 1], [value]);
  const known = node(
    "And",
    [there, node("Not", [node("IsNaN", [numbers], [steps, m])], [steps, m])],
    [steps, m],
  );
  const counted = reshaped(onnx, known, [-1, length, m], wide);
  const values = reshaped(
    onnx,
    node("Cast", [numbers], [steps, m], { to: { int: 11 } }),
    [-1, length, m],
    wide,
  );
  const over = (op: "ReduceMin" | "ReduceMax", value: Value): Value =>
    node(op, [value], ["n", 1, m], { axes: { ints: [1] }, keepdims: { int: 1 } });
  const total = (value: Value): Value =>
    node("ReduceSum", [value, onnx.tensor("int64", [1], [1])], ["n", 1, m], { keepdims: { int: 1 } });
  const orElse = (otherwise: number): Value => node("Where", [counted, values, double(otherwise)], wide);
  const count = total(node("Cast", [counted], wide, { to: { int: 11 } }));
  const mean = node("Div", [total(orElse(0)), count], ["n", 1, m]);
  const away = node("Where", [counted, node("Sub", [values, mean], wide), double(0)], wide);
  const sd = node(
    "Sqrt",
    [node("Div", [total(node("Mul", [away, away], wide)), count], ["n", 1, m])],
    ["n", 1, m],
  );
  const some = node("Greater", [count, double(0)], ["n", 1, m]);
  const stats = [mean, sd, over("ReduceMin", orElse(Infinity)), over("ReduceMax", orElse(-Infinity))].map(
    (value) => {
      const found = node("Where", [some, value, double(absent === "missing" ? Number.NaN : 0)], ["n", 1, m]);
      return reshaped(onnx, node("Cast", [found], ["n", 1, m], { to: { int: 1 } }), [-1, m], ["n", m]);
    },
  );
  return node("Concat", [last, ...stats], ["n", d + 4 * m], { axis: { int: 1 } });
}

function reshaped(onnx: OnnxBuilder, value: Value, to: readonly number[], shape: (number | string)[]): Value {
  return onnx.nodes("Reshape", [value, onnx.tensor("int64", [to.length], to)], {}, [shape])[0];
}
