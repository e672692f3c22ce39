import { columnOrder } from "../../numeric/neighbours/columnOrder.js";
import type { OnnxBuilder, Value } from "../../onnx/builder.js";
import type { Matrix } from "../contract.js";

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
const SPARE = 30;
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

/** |x|² of each row over its first `width` columns, times a. */
export function squaredLengths({ rows, columns, data }: Matrix, a: number, width = columns): Float64Array {
  const out = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let at = i * columns; at < i * columns + width; at++) sum += data[at] * data[at];
    out[i] = a * sum;
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
  const parts = partsOf(ordered(reference, order));
  const q = onnx.node("Gather", [x, onnx.tensor("int64", [d], order)], { axis: { int: 1 } });
  const own = parts.map((part) => {
    const floats = onnx.tensor("float", [part.rows, d], part.data);
    return onnx.node("Cast", [floats], { to: { int: DOUBLE } });
  });
  // A column that is the same in all rows adds the same to all distances: it cannot change their order.
  const width = varyingWidth(parts);
  const columns = (from: number, to: number): Value =>
    onnx.tensor(
      "int64",
      [to - from],
      Array.from({ length: to - from }, (_, j) => from + j),
    );
  const some = (value: Value): Value =>
    width === d ? value : onnx.node("Gather", [value, columns(0, width)], { axis: { int: 1 } });
  const [asked, varying] = [some(q), own.map(some)];
  // Ascending, so that places among the candidates break ties as rows do.
  const found = emitCandidates(onnx, asked, parts, varying, width, count);
  const candidates = onnx.smallest(found, count).values;
  const all = varying.length === 1 ? varying[0] : onnx.node("Concat", varying, { axis: { int: 0 } });
  const middle = onnx.shaped("Unsqueeze", [asked, onnx.tensor("int64", [1], [1])], [1, width]);
  const away = onnx.shaped("Sub", [onnx.node("Gather", [all, candidates]), middle], [count, width]);
  const sums = onnx.node("MatMul", [onnx.node("Mul", [away, away]), ones(onnx, width)]);
  let exact = onnx.shaped("Squeeze", [sums, onnx.tensor("int64", [1], [2])], [count]);
  if (width < d) {
    const same = onnx.tensor("double", [1, d - width], parts[0].data.subarray(width, d));
    const off = onnx.node("Sub", [onnx.node("Gather", [q, columns(width, d)], { axis: { int: 1 } }), same]);
    const rest = onnx.node("MatMul", [onnx.node("Mul", [off, off]), ones(onnx, d - width)]);
    exact = onnx.node("Add", [exact, rest]);
  }
  const nearest = onnx.smallest(exact, k);
  return {
    places: onnx.node("GatherElements", [candidates, nearest.indices], { axis: { int: 1 } }),
    squares: nearest.values,
  };
}

/** Rows of the `count` smallest fast distances over the first `width` columns, [n, count]; of equal ones the lower row. */
function emitCandidates(
  onnx: OnnxBuilder,
  asked: Value,
  parts: readonly Matrix[],
  own: readonly Value[],
  width: number,
  count: number,
): Value {
  let before = 0;
  const found = parts.map((part, i) => {
    const lengths = squaredLengths(part, GRID, width);
    const squares = emitFastSquares(onnx, asked, own[i], lengths, width, GRID);
    const best = emitSmallest(onnx, squares, part.rows, Math.min(count, part.rows));
    const places = onnx.node("Add", [best.indices, onnx.tensor("int64", [1], [before])]);
    before += part.rows;
    return { values: best.values, places };
  });
  if (found.length === 1) return found[0].places;
  const joined = (values: Value[]): Value => onnx.node("Concat", values, { axis: { int: 1 } });
  const best = onnx.smallest(joined(found.map(({ values }) => values)), count);
  const places = joined(found.map((each) => each.places));
  return onnx.node("GatherElements", [places, best.indices], { axis: { int: 1 } });
}

/**
 * The smallest of each row of [n, size], rounded. Where there are many, those of the blocks whose least numbers are
 * smallest: no other block can hold one.
 */
function emitSmallest(
  onnx: OnnxBuilder,
  values: Value,
  size: number,
  count: number,
): { readonly values: Value; readonly indices: Value } {
  const blocks = size / BLOCK;
  if (!Number.isInteger(blocks) || blocks < 2 * count) {
    return onnx.smallest(onnx.node("Round", [values]), count);
  }
  const shape = onnx.tensor("int64", [3], [0, blocks, BLOCK]);
  const blocked = onnx.shaped("Reshape", [values, shape], [blocks, BLOCK]);
  const least = onnx.withShape(
    onnx.node("ReduceMin", [blocked], { axes: { ints: [2] }, keepdims: { int: 0 } }),
    [blocks],
  );
  const chosen = onnx.smallest(onnx.node("Round", [least]), count).indices;
  const ascending = onnx.smallest(chosen, count).values;
  const last = onnx.shaped("Unsqueeze", [ascending, onnx.tensor("int64", [1], [2])], [count, 1]);
  const taken = onnx.withShape(onnx.node("GatherND", [blocked, last], { batch_dims: { int: 1 } }), [
    count,
    BLOCK,
  ]);
  const flat = onnx.tensor("int64", [2], [0, count * BLOCK]);
  const best = onnx.smallest(
    onnx.node("Round", [onnx.shaped("Reshape", [taken, flat], [count * BLOCK])]),
    count,
  );
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

/** Rows with their columns in another order. */
function ordered({ rows, columns: d, data }: Matrix, order: Int32Array): Matrix {
  const own = new Float32Array(rows * d);
  for (let i = 0; i < rows; i++) for (let j = 0; j < d; j++) own[i * d + j] = data[i * d + order[j]];
  return { rows, columns: d, data: own };
}

/** Up to PART rows each, whole blocks of them but for less than a block at the end. */
function partsOf({ rows, columns, data }: Matrix): Matrix[] {
  const whole = rows - (rows % BLOCK);
  const ends = Array.from({ length: Math.ceil(whole / PART) }, (_, i) => Math.min(whole, (i + 1) * PART));
  if (whole < rows) ends.push(rows);
  return ends.map((to, i) => {
    const from = i === 0 ? 0 : ends[i - 1];
    return { rows: to - from, columns, data: data.subarray(from * columns, to * columns) };
  });
}

/** Columns up to the last one whose value differs between rows; at least one. */
function varyingWidth(parts: readonly Matrix[]): number {
  const [first] = parts;
  let width = 1;
  for (const { columns, data } of parts) {
    for (let at = 0; at < data.length; at++) {
      const column = at % columns;
      if (column >= width && data[at] !== first.data[column]) width = column + 1;
    }
  }
  return width;
}

/** A column of ones: a product with it is a sum. */
export function ones(onnx: OnnxBuilder, d: number): Value {
  return onnx.tensor("double", [d, 1], new Float64Array(d).fill(1));
}
