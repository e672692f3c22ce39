import { windowsFor } from "../features/modelMatrix.js";
import { type ModelInfo, SavedModel, type Scores } from "../onnx/savedModel.js";
import { float32, int64, Table } from "../table/table.js";
import { decide } from "./decisions.js";
import { type InputFacts, modelInput, type ScoreOptions } from "./modelInput.js";

/** What scoring some flows gave. */
export interface Detection extends Pick<InputFacts, "filled" | "ignored"> {
  /** One line a flow: see `decide`. */
  readonly decisions: Table;
}

/** Scores, and what they were made of. */
export interface Scored extends InputFacts {
  readonly scores: Scores;
}

/** A trained model on flows: features, columns in the model's order, scores, decisions. The same code in a batch and in a stream. */
export class Detector {
  private constructor(private readonly model: SavedModel) {}

  /** @throws DataError or FormatError when the folder holds no sound model */
  static async open(folder: string, threads: number): Promise<Detector> {
    return new Detector(await SavedModel.open(folder, threads));
  }

  get info(): ModelInfo {
    return this.model.info;
  }

  /**
   * Score canonical flows (columns of flows.parquet, `input_row` where they have it; no labels needed) and decide.
   * @param options.threshold decides instead of the frozen one, and is recorded in the result
   * @throws SchemaError as `score` does
   */
  async detect(
    flows: Table,
    options: ScoreOptions & { readonly threshold?: number } = {},
  ): Promise<Detection> {
    const { scores, filled, ignored } = await this.score(flows, options);
    const decisions = decide(this.model.info, scores, inputRows(flows), options.threshold);
    return { decisions, filled, ignored };
  }

  /**
   * Score canonical flows.
   * @throws SchemaError when columns are missing and `fillMissing` is not set
   */
  async score(flows: Table, options: ScoreOptions = {}): Promise<Scored> {
    const { matrixOf, ...facts } = modelInput(this.model, flows, {
      ...options,
      windows: windowsFor(flows, this.model.info.window),
    });
    return { scores: await this.model.score(matrixOf()), ...facts };
  }

  /**
   * Where the model puts canonical flows, for maps: `row` and a column a number, `e1`, `e2`, ….
   * @throws DataError when the model has no embedding, SchemaError as `score` does
   */
  async embed(flows: Table, options: ScoreOptions = {}): Promise<Table> {
    const { matrixOf } = modelInput(this.model, flows, {
      ...options,
      windows: windowsFor(flows, this.model.info.window),
    });
    const { rows, columns, data } = await this.model.embed(matrixOf());
    const column = (j: number): Float32Array =>
      Float32Array.from({ length: rows }, (_, i) => data[i * columns + j]);
    return Table.of({
      row: int64(inputRows(flows)),
      ...Object.fromEntries(Array.from({ length: columns }, (_, j) => [`e${j + 1}`, float32(column(j))])),
    });
  }

  async close(): Promise<void> {
    await this.model.close();
  }
}

/** The number of each flow in its input. */
export function inputRows(flows: Table): ArrayLike<number> {
  return flows.has("input_row")
    ? flows.numbers("input_row")
    : Float64Array.from({ length: flows.rows }, (_, i) => i);
}
