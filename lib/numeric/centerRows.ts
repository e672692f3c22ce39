import { growTo, KERNEL_OWN, type KernelMemory, loadKernel, type Shared } from "../base/kernel.js";

/** wasm/centers.ts; all numbers but counts are positions in memory. */
interface Exports {
  readonly memory: KernelMemory;
  readonly gain: Shared;
  squared(a: number, b: number, size: number): number;
  pair(centers: number, k: number, size: number, pairs: number): void;
  place(
    rows: number,
    count: number,
    size: number,
    pairs: number,
    k: number,
    labels: number,
    nearest: number,
    second: number,
  ): void;
  reassign(
    rows: number,
    count: number,
    size: number,
    centers: number,
    pairs: number,
    k: number,
    labels: number,
    upper: number,
    lower: number,
    moved: number,
    halfGap: number,
    mostAt: number,
    most: number,
    next: number,
    safe: number,
    sums: number,
    counts: number,
  ): number;
  settle(
    rows: number,
    count: number,
    size: number,
    centers: number,
    pairs: number,
    k: number,
    labels: number,
    upper: number,
    lower: number,
    halfGap: number,
    mostAt: number,
    most: number,
    next: number,
    safe: number,
  ): void;
  sum(rows: number, count: number, size: number, labels: number, sums: number): void;
  measure(rows: number, count: number, size: number, candidate: number, into: number): void;
  takeOver(
    rows: number,
    count: number,
    size: number,
    candidate: number,
    nearest: number,
    owner: number,
    apart: number,
    taken: number,
    values: number,
  ): number;
}

/** Bounds hold for exact numbers: a hair off them covers rounding. */
const SAFE = 1 - 1e-12;

/** How far centres moved: one the farthest, the others by `next` at most. */
export interface Moves {
  readonly at: number;
  readonly most: number;
  readonly next: number;
}

/** Rows that a candidate for a centre is nearest to. */
export interface TakenOver {
  readonly rows: Int32Array;
  /** Squared distances to it. */
  readonly values: Float64Array;
  count: number;
}

/** A copy of some rows beside up to `most` centres, and the distances between them. */
export class CenterRows {
  /** rows × columns; what is written here counts. */
  readonly data: Float64Array;
  /** most × columns; what is written here counts. */
  readonly centers: Float64Array;
  /** Of each row; what `place` writes, and `takeOver` reads. */
  readonly labels: Int32Array;
  readonly nearest: Float64Array;
  readonly second: Float64Array;
  /** A fourth of the squared distance of each centre to a candidate; half the distance to its nearest other centre. */
  readonly apart: Float64Array;
  /** How far each centre moved. */
  readonly moved: Float64Array;
  /** most × columns: of the rows of each centre, as `sum` and `reassign` leave them. */
  readonly sums: Float64Array;
  /** Rows of each centre; `reassign` changes it. */
  readonly counts: Float64Array;
  private readonly pairs: number;
  private readonly kernel: Exports;
  private readonly spare: [TakenOver, TakenOver];

  /** @param data rows × columns; of more rows than `rows` the first ones; null: they are written later */
  constructor(
    data: Float64Array | null,
    private readonly rows: number,
    private readonly columns: number,
    most: number,
  ) {
    this.kernel = loadKernel<Exports>("numeric/centers");
    let end = KERNEL_OWN;
    const place = (bytes: number): number => {
      const at = end;
      end += Math.ceil(bytes / 16) * 16;
      return at;
    };
    const doubles = [
      rows * columns,
      most * columns,
      rows,
      rows,
      most,
      most,
      rows,
      rows,
      most * columns,
      most,
    ].map((length) => ({
      at: place(length * 8),
      length,
    }));
    const ints = [rows, rows, rows].map((length) => ({ at: place(length * 4), length }));
    this.pairs = place((most + 1) * columns * 8);
    growTo(this.kernel.memory, end);
    const { buffer } = this.kernel.memory;
    const [own, centers, nearest, second, apart, moved, a, b, sums, counts] = doubles.map(
      ({ at, length }) => new Float64Array(buffer, at, length),
    );
    const [labels, rowsA, rowsB] = ints.map(({ at, length }) => new Int32Array(buffer, at, length));
    [this.data, this.centers, this.labels] = [own, centers, labels];
    [this.nearest, this.second, this.apart, this.moved] = [nearest, second, apart, moved];
    [this.sums, this.counts] = [sums, counts];
    this.spare = [
      { rows: rowsA, values: a, count: 0 },
      { rows: rowsB, values: b, count: 0 },
    ];
    if (data !== null) this.data.set(data.length === own.length ? data : data.subarray(0, own.length));
  }

  /** The nearest of the first k centres to each row, to `labels`; squared distances to `nearest` and `second`. */
  place(k: number): void {
    const { columns, centers, labels, nearest, second } = this;
    this.kernel.pair(centers.byteOffset, k, columns, this.pairs);
    this.kernel.place(
      this.at(0),
      this.rows,
      columns,
      this.pairs,
      k,
      labels.byteOffset,
      nearest.byteOffset,
      second.byteOffset,
    );
  }

  /**
   * After the centres moved, each row's nearest one; `sums` and `counts` follow. `nearest` and `second` hold bounds
   * meanwhile: the distance (no square) to the own centre at most, to any other at least; `moved` and `apart` must be filled.
   * @returns how many rows changed
   */
  reassign(k: number, { at, most, next }: Moves): number {
    const { columns, centers, labels, nearest, second, moved, apart, sums, counts } = this;
    this.kernel.pair(centers.byteOffset, k, columns, this.pairs);
    return this.kernel.reassign(
      this.at(0),
      this.rows,
      columns,
      centers.byteOffset,
      this.pairs,
      k,
      labels.byteOffset,
      nearest.byteOffset,
      second.byteOffset,
      moved.byteOffset,
      apart.byteOffset,
      at,
      most,
      next,
      SAFE,
      sums.byteOffset,
      counts.byteOffset,
    );
  }

  /**
   * After the centres moved for the last time, what `place` gives, where bounds say so without all distances: `reassign`
   * tells what must be filled. `second` is left as it is.
   */
  settle(k: number, { at, most, next }: Moves): void {
    const { columns, centers, labels, nearest, second, apart } = this;
    this.kernel.pair(centers.byteOffset, k, columns, this.pairs);
    this.kernel.settle(
      this.at(0),
      this.rows,
      columns,
      centers.byteOffset,
      this.pairs,
      k,
      labels.byteOffset,
      nearest.byteOffset,
      second.byteOffset,
      apart.byteOffset,
      at,
      most,
      next,
      SAFE,
    );
  }

  /** Sum of the rows of each label, to `sums`. */
  sum(): void {
    this.sums.fill(0);
    this.kernel.sum(this.at(0), this.rows, this.columns, this.labels.byteOffset, this.sums.byteOffset);
  }

  /** Squared distance of each row to a row, to `nearest`. */
  measure(row: number): void {
    this.kernel.measure(this.at(0), this.rows, this.columns, this.at(row), this.nearest.byteOffset);
  }

  /** Squared distance of a row to a centre. */
  toCenter(row: number, center: number): number {
    return this.kernel.squared(
      this.at(row),
      this.centers.byteOffset + center * this.columns * 8,
      this.columns,
    );
  }

  /**
   * Rows that are nearer to the candidate row than `nearest` says of theirs; `apart` must be filled, `labels` be their
   * centres.
   * @param keep what an earlier call gave and must not be written over
   */
  takeOver(
    candidate: number,
    keep: TakenOver | undefined,
  ): { readonly taken: TakenOver; readonly gain: number } {
    const taken = this.spare[0] === keep ? this.spare[1] : this.spare[0];
    taken.count = this.kernel.takeOver(
      this.at(0),
      this.rows,
      this.columns,
      this.at(candidate),
      this.nearest.byteOffset,
      this.labels.byteOffset,
      this.apart.byteOffset,
      taken.rows.byteOffset,
      taken.values.byteOffset,
    );
    return { taken, gain: this.kernel.gain.value };
  }

  private at(row: number): number {
    return this.data.byteOffset + row * this.columns * 8;
  }
}
