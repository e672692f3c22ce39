import type { Column } from "../table/table.js";
import { encodeColumn, type Levels, levelsOf } from "./encode.js";
import type { FeatureColumn } from "./schema.js";
import type { TrainingRows } from "./trainingRows.js";
import type { Slot } from "./transforms/transform.js";
import type { FittedStep, FittedView } from "./view.js";
import { learnRest, nothingLeft } from "./viewMatrix.js";
import { columnTransformOf, cutSteps, inputOutputs, inputSlot } from "./viewSteps.js";
import type { ViewStep } from "./views.js";

type Values = () => Promise<Float64Array>;

/**
 * Learns the steps of a view column by column: each step sees what the steps before it made of the column. What was
 * learned of a column serves every view of these steps that has it, so that each column is read once. From the first
 * step on that learns from several columns together each view learns for itself.
 */
export class ViewLearner {
  private readonly steps: readonly ViewStep[];
  private readonly rest: readonly ViewStep[];
  /** Of each step: what it learned, by slot. */
  private readonly learned: readonly Map<string, unknown>[];

  constructor(
    private readonly name: string,
    steps: readonly ViewStep[],
  ) {
    const { own, rest } = cutSteps(steps);
    this.steps = own;
    this.rest = rest;
    this.learned = own.map(() => new Map());
  }

  /**
   * @param values those of the training rows; asked for when a step needs them
   * @param benign places of the benign ones among them; asked for by a step that learns from them alone
   */
  async see(
    column: FeatureColumn,
    levels: readonly string[],
    values: Values,
    benign: () => Promise<Int32Array>,
  ): Promise<void> {
    let made: { readonly slot: Slot; readonly values: Values }[] = [
      { slot: inputSlot(column, levels), values },
    ];
    for (const [i, step] of this.steps.entries()) {
      const transform = columnTransformOf(step);
      const before = made;
      const learned: unknown[] = [];
      for (const { slot, values } of before) {
        const learn = transform.learn(step, slot);
        const own = async (): Promise<Float64Array> =>
          learnsFromBenign(step) ? taken(await values(), await benign()) : values();
        learned.push(learn === null ? undefined : learn(await own()));
        this.learned[i].set(keyOf(slot), learned.at(-1));
      }
      const slots = before.map(({ slot }) => slot);
      made = transform.outputs(transform.fit(step, slots, learned), slots).map(({ slot, from, map }) => {
        const source = before[from].values;
        return { slot, values: map === undefined ? source : once(async () => mapped(await source(), map)) };
      });
    }
  }

  /**
   * The view of some of the columns that were seen.
   * @param levels of its categories, and perhaps of others
   * @throws DataError when a step leaves no column, or cannot learn from these
   */
  async view(columns: readonly FeatureColumn[], levels: Levels, train: TrainingRows): Promise<FittedView> {
    const categories = columns.filter(({ type }) => type === "category");
    const own = Object.fromEntries(categories.map(({ name }) => [name, levels[name]]));
    let slots = inputOutputs(columns, levels).map(({ slot }) => slot);
    const steps = this.steps.map((step, i): FittedStep => {
      const transform = columnTransformOf(step);
      const learned = slots.map((slot) => this.learned[i].get(keyOf(slot)));
      const state = transform.fit(step, slots, learned);
      const after = transform.outputs(state, slots).map(({ slot }) => slot);
      if (after.length === 0) throw nothingLeft(this.name, step, slots.length);
      slots = after;
      return { transform: transform.key, state };
    });
    const view = { name: this.name, columns, levels: own, steps };
    return this.rest.length === 0 ? view : learnRest(view, this.rest, train);
  }
}

/** Show every learner all columns of the training rows, one column in memory at a time. @returns the levels of categories */
export async function learn(
  learners: readonly ViewLearner[],
  train: TrainingRows,
  columns: readonly FeatureColumn[],
): Promise<Levels> {
  const levels: Record<string, readonly string[]> = {};
  const benign = once(() => train.benign());
  for (const column of columns) {
    const { name, type } = column;
    const stored = once((): Promise<Column> => train.column(name));
    if (type === "category") levels[name] = levelsOf(await stored(), name);
    const values = once(async () => encodeColumn(await stored(), name, levels[name]));
    for (const learner of learners) await learner.see(column, levels[name] ?? [], values, benign);
  }
  return levels;
}

/** Whether a step asks for the benign training rows alone. */
export function learnsFromBenign(step: ViewStep): boolean {
  return "rows" in step && step.rows === "benign";
}

export function taken(values: Float64Array, places: Int32Array): Float64Array {
  return Float64Array.from(places, (place) => values[place]);
}

function keyOf({ kind, name }: Slot): string {
  return `${kind} ${name}`;
}

export function mapped(values: Float64Array, map: (value: number) => number): Float64Array {
  const out = new Float64Array(values.length);
  for (let i = 0; i < out.length; i++) out[i] = map(values[i]);
  return out;
}

/** `make`, called once and only when it is asked for. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
