/** n × d numbers, row by row; NaN is missing. */
export interface NumberRows {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}

/** Rows with their classes, as numbers from 0. */
export interface LabelledNumbers extends NumberRows {
  readonly labels: Float32Array;
  /** One a row; undefined: all weigh the same. */
  readonly weights?: Float32Array;
}

export interface BoostingTask {
  readonly train: LabelledNumbers;
  /** Whose loss is followed round by round. */
  readonly validation?: LabelledNumbers;
  /** The library's own names. */
  readonly params: Readonly<Record<string, string | number>>;
  /** Margins a row: 1 for two classes, else one a class. */
  readonly outputs: number;
  /** What an earlier booster's `state` gave: its trees stay, further ones are grown after them. */
  readonly continueFrom?: string;
}

/** A booster of XGBoost or LightGBM: it holds memory of the library, which `free` gives back. */
export interface NativeBooster {
  /** Grow the trees of one round. @returns false when the library says that nothing more can be grown */
  update(): boolean;
  /** Mean logistic loss on the validation rows, as the library computes it; undefined without them. */
  validationLoss(): number | undefined;
  /** Rounds so far, those that were continued from included. */
  rounds(): number;
  /** The trees, as the library writes them in JSON. */
  dump(): string;
  /** A text to continue from: the model after so many rounds. */
  state(rounds: number): string;
  /** The library's own margins after so many rounds, rows × outputs. */
  margins(rows: NumberRows, rounds: number): Float64Array;
  /** The library's own contributions, rows × outputs × (columns + 1); the last is what no column explains. */
  contributions(rows: NumberRows, rounds: number): Float64Array;
  free(): void;
}

/** XGBoost or LightGBM, opened. */
export interface BoostingLibrary {
  /** @throws EngineError with the library's own words when it refuses the task */
  start(task: BoostingTask): NativeBooster;
}
