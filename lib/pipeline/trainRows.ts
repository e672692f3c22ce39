import type { Target } from "../dataset/target.js";
import { encodedRows, modelMatrix, storedWindows } from "../features/modelMatrix.js";
import type { Windows } from "../features/windows/build.js";
import { definitionOf } from "../models/registry.js";
import { groupColumns, groupsOf } from "../models/rowGroups.js";
import type { Matrix } from "../table/matrix.js";
import type { Scratch, StoredMatrix } from "../table/storedMatrix.js";
import type { Labelled } from "./innerChoices.js";
import type { Job } from "./trainJob.js";
import { featuresFile } from "./viewRows.js";

/**
 * Whether a job reads its rows from files: a model that takes them block by block, whose training rows are larger than
 * `memory` bytes. What is chosen inside the training part (search, select) and resampling take them in memory.
 * @param rows of the training part
 */
export function isStored({ entry, columns }: Job, rows: number, memory: number): boolean {
  const { type, search, select, resample, window } = entry;
  const bytes = 4 * rows * columns.length * (window?.length ?? 1);
  const whole = [search, select, resample].some((each) => each !== undefined);
  return definitionOf(type).streams === true && !whole && bytes > memory;
}

/**
 * Rows of a job as they enter model.onnx, with what is known of them. The numbers are the same wherever they lie.
 * @param scratch where the matrix is put; null: in memory
 */
export function labelledRows(
  job: Job,
  { codes }: Pick<Target, "codes">,
  windows: Windows | null,
  scratch: Scratch | null,
): Labelled {
  const { io, split, columns, flows, entry } = job;
  const groupedBy = groupColumns(entry);
  // Without a search there is one view, whose levels these are.
  let all: Promise<StoredMatrix> | undefined;
  const matrixOf: (...args: Parameters<Labelled>) => Promise<Matrix> =
    scratch === null
      ? async (rows, { levels }) => modelMatrix(await job.features(), columns, levels, windows)(rows)
      : async (rows, { levels }) => {
          const names = columns.map(({ name }) => name);
          all ??= encodedRows(io.readBatches(featuresFile(split), names), columns, levels, scratch);
          return windows === null ? (await all).pick(rows) : storedWindows(await all, windows, rows);
        };
  return async (rows, view) => ({
    X: await matrixOf(rows, view),
    y: Int32Array.from(rows, (row) => codes[row]),
    ...(groupedBy.length === 0 ? {} : { groups: groupsOf(flows, rows, groupedBy) }),
  });
}
