import type { Tensor as OrtTensor } from "onnxruntime-node";
import { hashBytes, hashPieces } from "../../base/hash.js";
import type { Rng } from "../../base/rng.js";
import {
  type BatchPlace,
  type BatchSource,
  type Feeds,
  type TableBatches,
  WEIGHT,
} from "../../nn/training/network.js";
import { ROWS } from "../../nn/trainingGraph.js";
import { blocksOf, copyRows, mapRows, rowsInMemory } from "../../table/matrixRows.js";
import { StoredMatrix } from "../../table/storedMatrix.js";
import type { Matrix } from "../contract.js";

/** Inputs of a network that reads rows. */
export const NUMBERS = "numbers";
export const TARGET = "target";
/** The input of a category's places. */
export const placesOf = (category: number): string => `places_${category}`;

/** Rows as a network reads them. */
export interface NetworkRows {
  readonly numbers: Matrix;
  /** Of each category the place of each row's level in its table. */
  readonly places: readonly Int32Array[];
}

/** What the network is to say of each row: its class, or the row itself. */
export type Target =
  | { readonly classes: number; readonly y: Int32Array; readonly weights: Float64Array }
  | "row"
  | "none";

/** Share of a row's numbers that are taken from another row. */
export interface SwapNoise {
  readonly share: number;
}

interface Buffers {
  readonly feeds: Feeds;
  readonly numbers: Float32Array;
  /** With the table of all rows, and which of them these are. */
  readonly fromTable: Feeds;
  readonly rows: Int32Array;
  /** The lower halves of int64: writing them as such is several times slower. */
  readonly places: readonly Int32Array[];
  readonly target: Float32Array | null;
  readonly weight: Float32Array;
}

/**
 * Batches of rows, copied into buffers that are made once for each number of rows.
 * @param noise what is put in their way during training; the target stays as it is
 */
export async function rowBatches(
  rows: NetworkRows,
  target: Target,
  noise: SwapNoise | null = null,
): Promise<BatchSource> {
  const { Tensor } = await import("onnxruntime-node");
  const { numbers, places } = rows;
  const { columns } = numbers;
  const width = target === "row" ? columns : target === "none" ? 0 : target.classes;
  const isTable = noise === null && target !== "row" && !(numbers instanceof StoredMatrix);
  const table = isTable ? new Tensor("float32", numbers.data, [numbers.rows, columns]) : null;
  const known = new Map<number, Buffers>();
  const buffersOf = (count: number): Buffers => {
    const made = known.get(count) ?? make(count);
    known.set(count, made);
    return made;
  };
  const make = (count: number): Buffers => {
    const own = {
      numbers: new Float32Array(count * columns),
      rows: new Int32Array(count),
      places: places.map(() => new Int32Array(2 * count)),
      target: width === 0 ? null : new Float32Array(count * width),
      weight: new Float32Array(count).fill(1),
    };
    const feeds: Record<string, OrtTensor> = {
      [NUMBERS]: new Tensor("float32", own.numbers, [count, columns]),
      [WEIGHT]: new Tensor("float32", own.weight, [count]),
    };
    own.places.forEach((each, i) => {
      feeds[placesOf(i)] = new Tensor("int64", new BigInt64Array(each.buffer), [count]);
    });
    if (own.target !== null) feeds[TARGET] = new Tensor("float32", own.target, [count, width]);
    const taken = new Tensor("int32", own.rows, [count]);
    return { ...own, feeds, fromTable: table === null ? {} : { ...feeds, [NUMBERS]: table, [ROWS]: taken } };
  };
  const besideNumbers = (own: Buffers, chosen: Int32Array): void => {
    own.places.forEach((into, c) => {
      for (let i = 0; i < chosen.length; i++) into[2 * i] = places[c][chosen[i]];
    });
    if (typeof target === "string") return;
    const { y, weights } = target;
    const { weight } = own;
    const into = own.target!.fill(0);
    for (let i = 0, at = 0; i < chosen.length; i++, at += width) {
      const is = y[chosen[i]];
      into[at + is] = 1;
      weight[i] = weights[is];
    }
  };
  const fromTables: TableBatches = {
    tables: [NUMBERS],
    feeds(chosen) {
      const own = buffersOf(chosen.length);
      besideNumbers(own, chosen);
      own.rows.set(chosen);
      return own.fromTable;
    },
  };
  return {
    rows: numbers.rows,
    ...(table === null ? {} : { fromTables }),
    feeds(chosen, place) {
      const own = buffersOf(chosen.length);
      copyRows(numbers, chosen, own.numbers);
      besideNumbers(own, chosen);
      if (target === "row") own.target!.set(own.numbers);
      if (noise !== null && place !== undefined) swap(own.numbers, numbers, noise.share, streamOf(place));
      return own.feeds;
    },
    expect(order) {
      if (numbers instanceof StoredMatrix) numbers.expect(order);
    },
    hash: () =>
      hashBytes(
        [
          hashPieces(piecesOf(numbers)),
          ...[
            ...places.map(bytesOf),
            ...(typeof target === "string" ? [target] : [bytesOf(target.y), bytesOf(target.weights)]),
          ].map((each) => hashBytes(each)),
        ].join(),
      ),
  };
}

/** Rows as a network reads them, those of a file block by block; `read` takes each row for itself. */
export function networkRowsOf(X: Matrix, read: (X: Matrix) => NetworkRows): NetworkRows {
  const places: Int32Array[] = [];
  let at = 0;
  const numbers = mapRows(X, (block) => {
    const own = read(block);
    own.places.forEach((each, c) => {
      places[c] ??= new Int32Array(X.rows);
      places[c].set(each, at);
    });
    at += block.rows;
    return own.numbers;
  });
  return { numbers, places };
}

function* piecesOf(X: Matrix): Generator<Uint8Array, void> {
  for (const { data } of blocksOf(X)) yield bytesOf(data);
}

function streamOf({ rng, epoch, batch }: BatchPlace): Rng {
  return rng.fork(epoch).fork(batch);
}

/**
 * Put values of other training rows in the place of some. Vincent et al. 2008 corrupt by zeros; that a value of the same
 * column stays plausible: Jahrer 2017, Porto Seguro, first place.
 */
function swap(into: Float32Array, X: Matrix, share: number, rng: Rng): void {
  const { rows, columns } = X;
  const drawn = new Uint32Array(2 * into.length);
  rng.fill(drawn);
  const limit = share * 2 ** 32;
  const swapped: number[] = [];
  const from: number[] = [];
  for (let at = 0; at < into.length; at++) {
    if (drawn[2 * at] >= limit) continue;
    swapped.push(at);
    from.push(Math.floor((drawn[2 * at + 1] / 2 ** 32) * rows));
  }
  const others = X instanceof StoredMatrix ? rowsInMemory(X, from) : X;
  swapped.forEach((at, i) => {
    const row = others === X ? from[i] : i;
    into[at] = others.data[row * columns + (at % columns)];
  });
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}
