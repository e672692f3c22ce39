import { compareColumns } from "../features/align.js";
import { buildFeatures } from "../features/build.js";
import type { ColumnSet } from "../features/columnSets.js";
import { contextParams } from "../features/context/params.js";
import { derivedGroups } from "../features/derived.js";
import { modelMatrix, windowsFor } from "../features/modelMatrix.js";
import { type ModelInfo, SavedModel, type Scores } from "../onnx/savedModel.js";
import type { Table } from "../table/table.js";
import { decide } from "./decisions.js";

/** What scoring some flows gave. */
export interface Detection {
  /** One line a flow: see `decide`. */
  readonly decisions: Table;
  /** Columns of the model that the flows lack (with `fillMissing`). */
  readonly filled: readonly string[];
  /** Columns of the flows that the model does not take. */
  readonly ignored: readonly string[];
}

export interface ScoreOptions {
  /** Columns of the model that the flows lack count as missing values. */
  readonly fillMissing?: boolean;
  /** Columns that stand in the flows but were not in the data (all or some rows have them missing). */
  readonly absent?: readonly string[];
  /** Who asks, for messages (default predict). */
  readonly verb?: string;
}

/** Scores, and what they were made of. */
export interface Scored extends Pick<Detection, "filled" | "ignored"> {
  readonly scores: Scores;
  /** The feature columns of the flows. */
  readonly features: Table;
  /** Those that are the flow's own and that the model takes. */
  readonly ownColumns: readonly string[];
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
    const rows = flows.has("input_row")
      ? flows.numbers("input_row")
      : Float64Array.from({ length: flows.rows }, (_, i) => i);
    return { decisions: decide(this.model.info, scores, rows, options.threshold), filled, ignored };
  }

  /**
   * Score canonical flows.
   * @throws SchemaError when columns are missing and `fillMissing` is not set
   */
  async score(flows: Table, options: ScoreOptions = {}): Promise<Scored> {
    const { columns, column_set, context } = this.model.info;
    const recipe = {
      derived: derivedGroups,
      columns: column_set as ColumnSet | undefined,
      context: context ? contextParams.parse(context) : null,
    };
    const built = buildFeatures(flows, recipe);
    const { absent = [], fillMissing = false, verb } = options;
    // Which columns there are shows without rows, too.
    const real =
      absent.length === 0
        ? built
        : buildFeatures(flows.select(flows.names.filter((name) => !absent.includes(name))).take([]), recipe);
    const { missing, extra } = compareColumns(real.table, columns, fillMissing, verb);
    const windows = windowsFor(flows, this.model.info.window);
    const input = modelMatrix(built.table, columns, this.model.levels, windows, { absent: "missing" });
    const scores = await this.model.score(input());
    const taken = new Set(columns.map(({ name }) => name));
    return {
      scores,
      features: built.table,
      ownColumns: built.schema.columns
        .filter(({ name, origin }) => origin === "raw" && taken.has(name))
        .map(({ name }) => name),
      filled: missing,
      ignored: extra.filter((name) => flows.has(name)),
    };
  }

  async close(): Promise<void> {
    await this.model.close();
  }
}
