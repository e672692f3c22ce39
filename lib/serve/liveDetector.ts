import { hasContext } from "../features/context/flows.js";
import { LiveContext } from "../features/context/live.js";
import { sourceNames } from "../features/context/source.js";
import { hostsAndEnds } from "../features/windows/build.js";
import { WindowPast } from "../features/windows/past.js";
import { type ModelInfo, SavedModel } from "../onnx/savedModel.js";
import type { Matrix } from "../table/matrix.js";
import { sortedBy } from "../table/order.js";
import type { Table, TextColumn } from "../table/table.js";
import { decide } from "./decisions.js";
import { type Detection, inputRows } from "./detector.js";
import { contextOf, modelInput, type ScoreOptions } from "./modelInput.js";

/** Flows of one call in the order in which they count as ended. */
interface Arrival {
  /** Rows with a time and a host. */
  readonly order: Int32Array;
  readonly ends: Float64Array;
  readonly host: TextColumn;
  readonly sources: readonly string[];
}

/**
 * A trained model on flows as they end, some at a time: what a flow's context and window hold comes from flows of earlier
 * calls and of its own, and the scores are those that Detector gives over all flows at once. It remembers what context
 * remembers, and the last rows of each host.
 */
export class LiveDetector {
  private readonly context: LiveContext | undefined;
  private readonly past: WindowPast | undefined;
  /** When the last flow of each source ended. */
  private readonly lastEnds = new Map<string, number>();
  private lateFlows = 0;

  private constructor(private readonly model: SavedModel) {
    const { info } = model;
    const context = contextOf(info);
    if (context !== null) this.context = new LiveContext(context);
    if (info.window) this.past = new WindowPast(info.window.length, info.columns.length);
  }

  /** @throws DataError or FormatError when the folder holds no sound model */
  static async open(folder: string, threads: number): Promise<LiveDetector> {
    return new LiveDetector(await SavedModel.open(folder, threads));
  }

  get info(): ModelInfo {
    return this.model.info;
  }

  /** Flows that ended before one of their source that came in an earlier call; they count as ended with that one. */
  get late(): number {
    return this.lateFlows;
  }

  /**
   * Score the next flows and decide, as Detector.detect.
   * @throws SchemaError when columns are missing and `fillMissing` is not set, DataError when a model of windows gets
   *   flows without hosts or times
   */
  async detect(
    flows: Table,
    options: ScoreOptions & { readonly threshold?: number } = {},
  ): Promise<Detection> {
    const { context, past, model } = this;
    const ordered = past !== undefined || (context !== undefined && hasContext(flows));
    const arrival = ordered ? this.arrivalOf(flows) : null;
    const { matrixOf, filled, ignored } = modelInput(model, flows, {
      ...options,
      windows: null,
      ...(context === undefined || arrival === null
        ? {}
        : { context: context.push(flows, arrival.order, arrival.ends, arrival.sources) }),
    });
    const rows = matrixOf();
    const scores = await model.score(
      past === undefined || arrival === null ? rows : windowsBy(past, rows, arrival),
    );
    return { decisions: decide(model.info, scores, inputRows(flows), options.threshold), filled, ignored };
  }

  async close(): Promise<void> {
    await this.model.close();
  }

  private arrivalOf(flows: Table): Arrival {
    const { host, end } = hostsAndEnds(flows);
    const sources = sourceNames(flows);
    const ends = end.map((us, row) => {
      const last = this.lastEnds.get(sources[row]) ?? -Infinity;
      if (us < last) this.lateFlows++;
      return us < last ? last : us;
    });
    const placed = Int32Array.from(ends, (_, row) => row).filter(
      (row) => ends[row] > -Infinity && host.codes[row] >= 0,
    );
    const order = sortedBy(placed, ends);
    for (const row of order) this.lastEnds.set(sources[row], ends[row]);
    return { order, ends, host, sources };
  }
}

/** The window of each row, which becomes part of the past of the next one. */
function windowsBy(past: WindowPast, rows: Matrix, { order, host, sources }: Arrival): Matrix {
  const width = past.length * rows.columns;
  const data = new Float32Array(rows.rows * width);
  const isPlaced = new Uint8Array(rows.rows);
  const push = (row: number, of: string | null): void =>
    past.push(
      of,
      rows.data.subarray(row * rows.columns, (row + 1) * rows.columns),
      data.subarray(row * width, (row + 1) * width),
    );
  for (const row of order) {
    isPlaced[row] = 1;
    push(row, `${sources[row]} ${host.dictionary[host.codes[row]]}`);
  }
  isPlaced.forEach((is, row) => {
    if (is === 0) push(row, null);
  });
  return { rows: rows.rows, columns: width, data };
}
