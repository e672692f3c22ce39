import { compareColumns } from "../features/align.js";
import { buildFeatures } from "../features/build.js";
import type { ColumnSet } from "../features/columnSets.js";
import { contextParams } from "../features/context/params.js";
import { derivedGroups } from "../features/derived.js";
import { encode } from "../features/encode.js";
import { type ModelInfo, SavedModel } from "../onnx/savedModel.js";
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
   * Score canonical flows (columns of flows.parquet, `input_row` where they have it; no labels needed).
   * @param options.threshold decides instead of the frozen one, and is recorded in the result
   * @param options.absent columns that stand in the flows but were not in the data (all or some rows have them missing)
   * @throws SchemaError when columns are missing and `fillMissing` is not set
   */
  async detect(
    flows: Table,
    options: {
      readonly fillMissing?: boolean;
      readonly threshold?: number;
      readonly absent?: readonly string[];
    } = {},
  ): Promise<Detection> {
    const { columns, column_set, context } = this.model.info;
    const recipe = {
      derived: derivedGroups,
      columns: column_set as ColumnSet | undefined,
      context: context ? contextParams.parse(context) : null,
    };
    const built = buildFeatures(flows, recipe);
    const { absent = [] } = options;
    // Which columns there are shows without rows, too.
    const real =
      absent.length === 0
        ? built
        : buildFeatures(flows.select(flows.names.filter((name) => !absent.includes(name))).take([]), recipe);
    const { missing, extra } = compareColumns(real.table, columns, options.fillMissing ?? false);
    const scores = await this.model.score(
      encode(built.table, columns, this.model.levels, { absent: "missing" }),
    );
    const rows = flows.has("input_row")
      ? flows.numbers("input_row")
      : Float64Array.from({ length: flows.rows }, (_, i) => i);
    return {
      decisions: decide(this.model.info, scores, rows, options.threshold),
      filled: missing,
      ignored: extra.filter((name) => flows.has(name)),
    };
  }

  async close(): Promise<void> {
    await this.model.close();
  }
}
