import { DataError } from "../base/errors.js";
import { rowsOfBatches } from "../table/rowsOfBatches.js";
import { type Column, Table, takeColumn } from "../table/table.js";

/** No part: -1 is a missing one. */
const UNKNOWN = -2;

/** 1 for every feature row that is told as an attack, 0 for benign. */
export type Attacks = () => Promise<ArrayLike<number>>;

/** Some columns of all feature rows, one batch after the other. */
export type ReadBatches = (names: readonly string[]) => AsyncIterable<Table>;

/**
 * Feature rows of the training part, and nothing else: the only thing that a transform can be fitted on. There is no
 * other way to get one than through the split. Columns are fetched one by one, so that they need not fit in memory
 * together.
 */
export class TrainingRows {
  private constructor(
    private readonly rows: Int32Array,
    private readonly read: (name: string) => Promise<Column>,
    private readonly attacks: Attacks | undefined,
    private readonly readBatches: ReadBatches | undefined,
  ) {}

  get count(): number {
    return this.rows.length;
  }

  /**
   * The rows of `features` whose `row_id` has part "train" in `split`.
   * @param isAttack 1 for every feature row that is told as an attack; for steps that learn from benign rows
   * @throws DataError when the split knows nothing of a row, or has no training row
   */
  static of(features: Table, split: Table, isAttack?: ArrayLike<number>): TrainingRows {
    return TrainingRows.fetching(
      features.numbers("row_id"),
      split,
      (name) => Promise.resolve(features.column(name)),
      isAttack === undefined ? undefined : () => Promise.resolve(isAttack),
    );
  }

  /**
   * The same of features that are not in memory.
   * @param ids row_id of every feature row
   * @param read a whole column of the features
   * @param attacks asked for by the first step that learns from benign rows
   * @param readBatches when left out, columns are read whole where several are needed together
   */
  static fetching(
    ids: ArrayLike<number>,
    split: Table,
    read: (name: string) => Promise<Column>,
    attacks?: Attacks,
    readBatches?: ReadBatches,
  ): TrainingRows {
    return new TrainingRows(trainingRows(ids, split), read, attacks, readBatches);
  }

  /** Values of a column in the training rows. */
  async column(name: string): Promise<Column> {
    return takeColumn(await this.read(name), this.rows);
  }

  /** Some columns of the training rows, one batch after the other. */
  async *batches(names: readonly string[]): AsyncGenerator<Table, void> {
    if (this.readBatches !== undefined) {
      yield* rowsOfBatches(this.readBatches(names), this.rows);
      return;
    }
    const columns = new Map<string, Column>();
    for (const name of names) columns.set(name, await this.column(name));
    yield Table.of(columns);
  }

  /**
   * Places of the benign rows among the training rows.
   * @throws DataError when no labels were given, or no training row is benign
   */
  async benign(): Promise<Int32Array> {
    if (this.attacks === undefined)
      throw new DataError("features: a step learns from benign rows, and no labels were given to fit it.");
    const isAttack = await this.attacks();
    const places = Int32Array.from(this.rows.keys()).filter((place) => isAttack[this.rows[place]] === 0);
    if (places.length > 0) return places;
    throw new DataError(
      "features: a step of a view learns from benign rows (rows: benign), and the training part has none. " +
        "Choose another split, or leave out rows: benign.",
    );
  }
}

function trainingRows(features: ArrayLike<number>, split: Table): Int32Array {
  const ids = split.numbers("row_id");
  const { codes, dictionary } = split.text("part");
  const train = dictionary.indexOf("train");
  let highest = -1;
  for (const id of ids) if (id > highest) highest = id;
  const partOf = new Int32Array(highest + 1).fill(UNKNOWN);
  ids.forEach((id, row) => {
    partOf[id] = codes[row];
  });
  const rows = new Int32Array(features.length);
  let count = 0;
  for (let row = 0; row < features.length; row++) {
    const part = partOf[features[row]] ?? UNKNOWN;
    if (part === UNKNOWN) {
      throw new DataError(
        `features: row ${features[row]} is not in the split (${split.rows} rows). It was made from other flows: rerun the split stage.`,
      );
    }
    if (part === train) rows[count++] = row;
  }
  if (count === 0) throw new DataError("features: the split has no training rows. Rerun the split stage.");
  return rows.slice(0, count);
}
