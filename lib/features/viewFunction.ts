import type { Matrix } from "../table/matrix.js";
import { isMatrixTransform, type Output, type Slot, slotsAfter } from "./transforms/transform.js";
import type { FittedView } from "./view.js";
import { inputOutputs, transformNamed } from "./viewSteps.js";

/** The columns after the last step: numbers, categories, flags. */
export function viewSlots(view: FittedView): Slot[] {
  let slots = inputOutputs(view.columns, view.levels).map(({ slot }) => slot);
  for (const { transform, state } of view.steps) slots = slotsAfter(transformNamed(transform), state, slots);
  return slots;
}

/** Columns of some rows, in doubles, out of `rows` rows of a raw matrix from row `begin` on. */
export type ViewFunction = (X: Matrix, begin: number, rows: number) => readonly Float64Array[];

/** One step after another: those of single columns are taken together, so that each column is gone through once. */
export function viewFunction(view: FittedView): ViewFunction {
  let outputs = inputOutputs(view.columns, view.levels);
  let made: ViewFunction | undefined;
  for (const { transform: key, state } of view.steps) {
    const transform = transformNamed(key);
    const slots = outputs.map(({ slot }) => slot);
    if (!isMatrixTransform(transform)) {
      outputs = compose(outputs, transform.outputs(state, slots));
      continue;
    }
    const before = then(made, outputs);
    made = (X, begin, rows) => transform.apply(state, before(X, begin, rows));
    outputs = transform.slots(state).map((slot, from) => ({ slot, from }));
  }
  return then(made, outputs);
}

/** Columns made one by one out of those of `before`, or of the raw matrix. */
function then(before: ViewFunction | undefined, outputs: readonly Output[]): ViewFunction {
  if (before === undefined)
    return (X, begin, rows) => outputs.map((output) => rawColumn(X, begin, rows, output));
  return (X, begin, rows) => {
    const columns = before(X, begin, rows);
    return outputs.map(({ from, map }) => {
      if (map === undefined) return columns[from];
      const values = new Float64Array(rows);
      for (let i = 0; i < rows; i++) values[i] = map(columns[from][i]);
      return values;
    });
  };
}

function rawColumn(X: Matrix, begin: number, rows: number, { from, map }: Output): Float64Array {
  const values = new Float64Array(rows);
  for (let i = 0, at = begin * X.columns + from; i < rows; i++, at += X.columns)
    values[i] = map === undefined ? X.data[at] : map(X.data[at]);
  return values;
}

function compose(first: readonly Output[], second: readonly Output[]): Output[] {
  return second.map(({ slot, from, map }) => {
    const { from: source, map: before } = first[from];
    const both = before === undefined ? map : map === undefined ? before : (x: number) => map(before(x));
    return both === undefined ? { slot, from: source } : { slot, from: source, map: both };
  });
}
