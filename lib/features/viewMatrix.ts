import { DataError } from "../base/errors.js";
import { encode } from "./encode.js";
import type { TrainingRows } from "./trainingRows.js";
import { isMatrixTransform, type TrainingBlocks } from "./transforms/transform.js";
import type { FittedStep, FittedView } from "./view.js";
import { viewFunction, viewSlots } from "./viewFunction.js";
import { learnsFromBenign, mapped, taken } from "./viewLearner.js";
import { columnTransformOf, transformOf } from "./viewSteps.js";
import type { ViewStep } from "./views.js";

/** Rows that are read together where a step says nothing else. */
const BLOCK = 8192;

/** A step that leaves a view without columns. */
export function nothingLeft(view: string, step: ViewStep, columns: number): DataError {
  return new DataError(
    `features: view "${view}": step ${JSON.stringify(step)} keeps none of ${columns} columns. Change it in params.yaml.`,
  );
}

/**
 * Learn the steps of a view from the first on that needs several columns together. What that one makes is held in memory
 * for the steps of single columns after it.
 * @param view with the steps before them
 */
export async function learnRest(
  view: FittedView,
  rest: readonly ViewStep[],
  train: TrainingRows,
): Promise<FittedView> {
  let fitted = view;
  let columns: Float64Array[] | undefined;
  const append = (step: FittedStep): void => {
    fitted = { ...fitted, steps: [...fitted.steps, step] };
  };
  for (const step of rest) {
    const transform = transformOf(step);
    const slots = viewSlots(fitted);
    if (isMatrixTransform(transform)) {
      const state = await transform.fitMatrix(step, slots, blocksOf(fitted, train), view.name);
      append({ transform: transform.key, state });
      columns = undefined;
      continue;
    }
    const { key, learn, fit, outputs } = columnTransformOf(step);
    const values = columns ?? (await columnsOf(fitted, train));
    const places = learnsFromBenign(step) ? await train.benign() : undefined;
    const seen = (j: number): Float64Array => (places === undefined ? values[j] : taken(values[j], places));
    const state = fit(
      step,
      slots,
      slots.map((slot, j) => learn(step, slot)?.(seen(j))),
    );
    const made = outputs(state, slots);
    if (made.length === 0) throw nothingLeft(view.name, step, slots.length);
    columns = made.map(({ from, map }) => (map === undefined ? values[from] : mapped(values[from], map)));
    append({ transform: key, state });
  }
  return fitted;
}

/** The training rows as a fitted view makes them. */
function blocksOf(view: FittedView, train: TrainingRows): TrainingBlocks {
  const width = viewSlots(view).length;
  return {
    rows: train.count,
    async *blocks(size) {
      let block = new Float64Array(size * width);
      let count = 0;
      let left = train.count;
      for await (const columns of partsOf(view, train)) {
        for (let row = 0; row < (columns[0]?.length ?? 0); row++) {
          for (let j = 0; j < width; j++) block[count * width + j] = columns[j][row];
          count++;
          left--;
          if (count < size && left > 0) continue;
          yield block.subarray(0, count * width);
          block = new Float64Array(size * width);
          count = 0;
        }
      }
    },
  };
}

/** Whole columns of the training rows as a fitted view makes them. */
async function columnsOf(view: FittedView, train: TrainingRows): Promise<Float64Array[]> {
  const whole = viewSlots(view).map(() => new Float64Array(train.count));
  let begin = 0;
  for await (const columns of partsOf(view, train)) {
    columns.forEach((values, j) => {
      whole[j].set(values, begin);
    });
    begin += columns[0]?.length ?? 0;
  }
  return whole;
}

async function* partsOf(
  view: FittedView,
  train: TrainingRows,
): AsyncGenerator<readonly Float64Array[], void> {
  const apply = viewFunction(view);
  const names = view.columns.map(({ name }) => name);
  for await (const table of train.batches(names)) {
    for (let begin = 0; begin < table.rows; begin += BLOCK) {
      const rows = Math.min(BLOCK, table.rows - begin);
      const some = table.take(Int32Array.from({ length: rows }, (_, i) => begin + i));
      yield apply(encode(some, view.columns, view.levels), 0, rows);
    }
  }
}
