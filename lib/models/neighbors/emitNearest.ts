import { columnOrder } from "../../numeric/neighbours/columnOrder.js";
import type { OnnxBuilder, Value } from "../../onnx/builder.js";
import type { Matrix } from "../contract.js";
import { type Part, partsOf, varyingFirst } from "./parts.js";

/** Element types of ONNX, for Cast. */
export const FLOAT = 1;
export const INT64 = 7;
export const DOUBLE = 11;

/** Numbers of a table that may be in memory at once (128 MiB of doubles), and flows of a call at most. */
const TABLE = 2 ** 24;
const MOST_FLOWS = 256;
/** Reference rows whose distances are computed at once: the table of them stays in the processor's memory. */
const PART = 16_384;
/** Rows of a block: blocks with one of the nearest rows are found by their smallest distances. */
const BLOCK = 16;
/** Candidates beside the k: rows whose order the fast distances cannot tell from that of the k-th. */
const SPARE = 12;
/** Fast squared distances are rounded to this, so that those which are equal stay so and the lower row comes first. */
const GRID = 2 ** 36;

/**
 * a · (|x|² − 2 q·x) of each flow q and reference row x, [n, r] in double, with r numbers added: squared distances less
 * a · |q|², as one product of matrices. Fast, but of rows far from 0 that are near to each other only the difference of
 * large numbers.
 * @param q double [n, d]
 * @param reference double [r, d]
 * @param squares a · |x|² and what is added, r
 */
export function emitFastSquares(
  onnx: OnnxBuilder,
  q: Value,
  reference: Value,
  squares: Float64Array,
  d: number,
  a: number,
): Value {
  const scaled = onnx.node("Mul", [q, onnx.tensor("double", [1], [-2 * a])]);
  const one = onnx.tensor("double", [], [1]);
  const extended = onnx.shaped("Pad", [scaled, onnx.tensor("int64", [4], [0, 0, 0, 1]), one], [d + 1]);
  const column = onnx.tensor("double", [squares.length, 1], squares);
  const rows = onnx.node("Concat", [reference, column], { axis: { int: 1 } });
  const products = onnx.node("Gemm", [extended, rows], { transB: { int: 1 } });
  return onnx.withShape(products, [squares.length]);
}

/** |x|² of each row, times a; of some rows and columns where they are given. */
export function squaredLengths(
  { rows, columns: d, data }: Matrix,
  a: number,
  { from, to, columns }: Pick<Part, "from" | "to" | "columns"> = {
    from: 0,
    to: rows,
    columns: Int32Array.from({ length: d }, (_, j) => j),
  },
): Float64Array {
  const out = new Float64Array(to - from);
  for (let i = from; i < to; i++) {
    let sum = 0;
    for (const j of columns) sum += data[i * d + j] * data[i * d + j];
    out[i - from] = a * sum;
  }
  return out;
}

/** Let no more flows be scored in one call than make so many numbers each. */
export function limitBatch(onnx: OnnxBuilder, numbers: number): void {
  onnx.limitBatch(Math.max(1, Math.min(MOST_FLOWS, Math.floor(TABLE / numbers))));
}

/**
 * The k nearest reference rows: places [n, k] (int64) and squared distances [n, k] (double), nearest first, of equal
 * distances the lower row first. Candidates come from the fast distances; theirs are then summed up from differences,
 * column by column in the order of the index, so that they are what the index says.
 * @param x double [n, d]
 */
export function emitNearest(
  onnx: OnnxBuilder,
  x: Value,
  reference: Matrix,
  k: number,
): { readonly places: Value; readonly squares: Value } {
  const { rows, columns: d } = reference;
  const count = Math.min(rows, k + SPARE);
  limitBatch(onnx, Math.max(PART, count * Math.max(d, BLOCK)));
  const order = columnOrder(reference);
  const { varying, same } = varyingFirst(reference, order);
  const width = varying.columns;
  const asked = onnx.node("Gather", [x, indices(onnx, order.subarray(0, width))], { axis: { int: 1 } });
  const table = onnx.tensor("float", [rows, width], varying.data);
  const found = emitCandidates(onnx, asked, varying, table, count);
  // Ascending, so that places among the candidates break ties as rows do.
  const candidates = onnx.smallest(found, count).values;
  const middle = onnx.shaped("Unsqueeze", [asked, onnx.tensor("int64", [1], [1])], [1, width]);
  const taken = onnx.node("Cast", [onnx.node("Gather", [table, candidates])], { to: { int: DOUBLE } });
  const away = onnx.shaped("Sub", [taken, middle], [count, width]);
  const sums = onnx.node("MatMul", [onnx.node("Mul", [away, away]), ones(onnx, width)]);
  let exact = onnx.shaped("Squeeze", [sums, onnx.tensor("int64", [1], [2])], [count]);
  if (width < d) {
    const rest = onnx.node("Gather", [x, indices(onnx, order.subarray(width))], { axis: { int: 1 } });
    const off = onnx.node("Sub", [rest, onnx.tensor("double", [1, d - width], same)]);
    exact = onnx.node("Add", [
      exact,
      onnx.node("MatMul", [onnx.node("Mul", [off, off]), ones(onnx, d - width)]),
    ]);
  }
  const nearest = onnx.smallest(exact, k);
  return {
    places: onnx.node("GatherElements", [candidates, nearest.indices], { axis: { int: 1 } }),
    squares: nearest.values,
  };
}

/**
 * Rows of the `count` smallest fast distances, [n, count]; of equal ones the lower row. Of each part only the columns that
 * vary in it are multiplied: the others add one number to all its distances.
 * @param table the rows as a value, float [r, d]
 */
function emitCandidates(onnx: OnnxBuilder, asked: Value, rows: Matrix, table: Value, count: number): Value {
  const parts = partsOf(rows, PART, BLOCK);
  const d = rows.columns;
  const shared: Matrix = {
    rows: parts.length,
    columns: d,
    data: Float32Array.from(parts.flatMap((part) => [...part.same])),
  };
  const constants = onnx.node("Cast", [onnx.tensor("float", [shared.rows, d], shared.data)], {
    to: { int: DOUBLE },
  });
  const bases = emitFastSquares(onnx, asked, constants, squaredLengths(shared, GRID), d, GRID);
  const found = parts.map(({ from, to, columns }, p) => {
    const size = to - from;
    const [q, own] = [asked, emitRows(onnx, table, from, to)].map((value) =>
      columns.length === d
        ? value
        : onnx.node("Gather", [value, indices(onnx, columns)], { axis: { int: 1 } }),
    );
    const doubles = onnx.node("Cast", [own], { to: { int: DOUBLE } });
    const lengths = squaredLengths(rows, GRID, { from, to, columns });
    const squares = emitFastSquares(onnx, q, doubles, lengths, columns.length, GRID);
    const base = onnx.node("Gather", [bases, onnx.tensor("int64", [1], [p])], { axis: { int: 1 } });
    const best = emitSmallest(onnx, squares, base, size, Math.min(count, size));
    return {
      values: best.values,
      places: onnx.node("Add", [best.indices, onnx.tensor("int64", [1], [from])]),
    };
  });
  if (found.length === 1) return found[0].places;
  const joined = (values: Value[]): Value => onnx.node("Concat", values, { axis: { int: 1 } });
  const best = onnx.smallest(joined(found.map(({ values }) => values)), count);
  const places = joined(found.map((each) => each.places));
  return onnx.node("GatherElements", [places, best.indices], { axis: { int: 1 } });
}

/** Rows of a table from `from` up to `to`. */
function emitRows(onnx: OnnxBuilder, table: Value, from: number, to: number): Value {
  const [start, end, axis] = [from, to, 0].map((value) => onnx.tensor("int64", [1], [value]));
  return onnx.node("Slice", [table, start, end, axis]);
}

function indices(onnx: OnnxBuilder, values: ArrayLike<number>): Value {
  return onnx.tensor("int64", [values.length], values);
}

/**
 * The smallest of each row of [n, size] with `base` [n, 1] added, rounded. Where there are many, those of the blocks whose least numbers are
 * smallest: no other block can hold one.
 */
function emitSmallest(
  onnx: OnnxBuilder,
  values: Value,
  base: Value,
  size: number,
  count: number,
): { readonly values: Value; readonly indices: Value } {
  const rounded = (each: Value): Value => onnx.node("Round", [onnx.node("Add", [each, base])]);
  const blocks = size / BLOCK;
  if (!Number.isInteger(blocks) || blocks < 2 * count) {
    return onnx.smallest(rounded(values), count);
  }
  const shape = onnx.tensor("int64", [3], [0, blocks, BLOCK]);
  const blocked = onnx.shaped("Reshape", [values, shape], [blocks, BLOCK]);
  const least = onnx.withShape(
    onnx.node("ReduceMin", [blocked], { axes: { ints: [2] }, keepdims: { int: 0 } }),
    [blocks],
  );
  const chosen = onnx.smallest(rounded(least), count).indices;
  const ascending = onnx.smallest(chosen, count).values;
  const last = onnx.shaped("Unsqueeze", [ascending, onnx.tensor("int64", [1], [2])], [count, 1]);
  const taken = onnx.withShape(onnx.node("GatherND", [blocked, last], { batch_dims: { int: 1 } }), [
    count,
    BLOCK,
  ]);
  const flat = onnx.tensor("int64", [2], [0, count * BLOCK]);
  const best = onnx.smallest(rounded(onnx.shaped("Reshape", [taken, flat], [count * BLOCK])), count);
  const offsets = onnx.tensor(
    "int64",
    [BLOCK],
    Array.from({ length: BLOCK }, (_, i) => i),
  );
  const first = onnx.node("Mul", [last, onnx.tensor("int64", [1], [BLOCK])]);
  const places = onnx.shaped("Add", [first, offsets], [count, BLOCK]);
  const flatPlaces = onnx.shaped("Reshape", [places, flat], [count * BLOCK]);
  return {
    values: best.values,
    indices: onnx.node("GatherElements", [flatPlaces, best.indices], { axis: { int: 1 } }),
  };
}

/** A column of ones: a product with it is a sum. */
export function ones(onnx: OnnxBuilder, d: number): Value {
  return onnx.tensor("double", [d, 1], new Float64Array(d).fill(1));
}
