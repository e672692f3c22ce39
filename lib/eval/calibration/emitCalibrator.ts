import type { OnnxBuilder, Value } from "../../onnx/builder.js";
import type { ClassCalibration } from "../../onnx/calibrationInfo.js";
import { type Calibrator, LEAST } from "./calibrator.js";
import { type Steps, slopesOf } from "./isotonic.js";
import { LEAST_SHARE } from "./logits.js";

/** Add a calibrator's nodes after a model's probabilities: float [n, k] in and out, computed in doubles. */
export function emitCalibrator(onnx: OnnxBuilder, probabilities: Value, calibrator: Calibrator): Value {
  const { classes, maps, temperature } = calibrator;
  const k = classes.length;
  const P = onnx.node("Cast", [probabilities], { to: { int: 11 } });
  const column = (c: number): Value =>
    onnx.node("Gather", [P, onnx.tensor("int64", [1], [c])], { axis: { int: 1 } });
  const out = ((): Value => {
    if (k === 2) {
      const first = emitMap(onnx, column(0), maps[0]);
      const rest = onnx.node("Sub", [number(onnx, 1), first]);
      return onnx.node("Concat", [first, rest], { axis: { int: 1 } });
    }
    if (maps.length === 0) {
      const logits = onnx.node("Div", [onnx.node("Log", [clipped(onnx, P)]), number(onnx, temperature!)]);
      return onnx.node("Softmax", [logits], { axis: { int: 1 } });
    }
    const mapped = maps.map((map, c) => emitMap(onnx, column(c), map));
    const lifted = onnx.node("Add", [onnx.node("Concat", mapped, { axis: { int: 1 } }), number(onnx, LEAST)]);
    const sums = onnx.node("ReduceSum", [lifted, onnx.tensor("int64", [1], [1])], { keepdims: { int: 1 } });
    return onnx.node("Div", [lifted, sums]);
  })();
  return onnx.node("Cast", [out], { to: { int: 1 } });
}

function number(onnx: OnnxBuilder, value: number): Value {
  return onnx.tensor("double", [1], [value]);
}

function clipped(onnx: OnnxBuilder, P: Value): Value {
  const above = onnx.node("Max", [P, number(onnx, LEAST_SHARE)]);
  return onnx.node("Min", [above, number(onnx, 1 - LEAST_SHARE)]);
}

/** Double [n, 1] in and out. */
function emitMap(onnx: OnnxBuilder, p: Value, map: ClassCalibration): Value {
  if ("unchanged" in map) return p;
  if ("x" in map) return emitSteps(onnx, p, map);
  const own = clipped(onnx, p);
  const rest = onnx.node("Sub", [number(onnx, 1), own]);
  const logit = onnx.node("Sub", [onnx.node("Log", [own]), onnx.node("Log", [rest])]);
  const line = onnx.node("Add", [
    onnx.node("Mul", [logit, number(onnx, map.slope)]),
    number(onnx, map.intercept),
  ]);
  const power = onnx.node("Exp", [onnx.node("Neg", [line])]);
  return onnx.node("Div", [number(onnx, 1), onnx.node("Add", [power, number(onnx, 1)])]);
}

/** A piecewise-linear function: the place of each row among the points is found by halving, one comparison a step. */
function emitSteps(onnx: OnnxBuilder, p: Value, steps: Steps): Value {
  const { x, y } = steps;
  const { slope, end } = slopesOf(steps);
  let width = 2;
  while (width < x.length) width *= 2;
  const table = (values: readonly number[], rest: number): Value =>
    onnx.tensor(
      "double",
      [width],
      Array.from({ length: width }, (_, i) => values[i] ?? rest),
    );
  const points = table(x, Number.POSITIVE_INFINITY);
  const raised = onnx.node("Max", [p, number(onnx, x[0])]);
  const score = onnx.node("Min", [raised, number(onnx, x[x.length - 1])]);
  const whole = (value: number): Value => onnx.tensor("int64", [1, 1], [value]);
  let place = whole(0);
  for (let step = width / 2; step >= 1; step /= 2) {
    const ahead = step === width / 2 ? whole(step) : onnx.node("Add", [place, whole(step)]);
    const reached = onnx.node("GreaterOrEqual", [score, onnx.node("Gather", [points, ahead])]);
    place = onnx.node("Where", [reached, ahead, place]);
  }
  const at = (values: Value): Value => onnx.node("Gather", [values, place]);
  const run = onnx.node("Sub", [score, at(points)]);
  const line = onnx.node("Add", [at(table(y, 0)), onnx.node("Mul", [at(table(slope, 0)), run])]);
  return onnx.node("Min", [line, at(table(end, 0))]);
}
