import { z } from "zod";
import { DataError, SchemaError } from "../../base/errors.js";
import {
  explainedShare,
  incrementalComponents,
  type PrincipalComponents,
  principalComponents,
} from "../../numeric/pca.js";
import type { OnnxBuilder, Value } from "../../onnx/builder.js";
import {
  type Blocks,
  cast,
  type MatrixTransform,
  rowOf,
  type Slot,
  type TrainingBlocks,
} from "./transform.js";

const count = z.int().min(1);
const whiten = z
  .boolean()
  .default(false)
  .describe("divide each component by its standard deviation in the training rows");

const exactStep = z.strictObject({
  pca: z.strictObject({
    components: z
      .union([count, z.number().gt(0).lt(1)])
      .describe("how many, or the share of the variance that they explain at least"),
    whiten,
  }),
});

const incrementalStep = z.strictObject({
  "incremental-pca": z.strictObject({
    components: count,
    whiten,
    batch: count.optional().describe("rows that are taken up at once; default: 5 times the columns"),
  }),
});

interface State extends PrincipalComponents {
  readonly whiten: boolean;
}

/** Rows of a block where nothing depends on it. */
const BLOCK = 8192;

/**
 * Principal components of all columns (numbers and 0/1 columns; no categories, nothing missing), of which the first ones
 * stay: pca_1, pca_2, …, as scikit-learn's PCA. Learned from a covariance that is added up block by block, so that the
 * training rows need not fit in memory. Scale the columns first.
 */
export const pca: MatrixTransform<z.infer<typeof exactStep>, State> = {
  key: "pca",
  step: exactStep,
  async fitMatrix({ pca: { components, whiten: isWhite } }, slots, train, view) {
    check("pca", slots, components < 1 ? 1 : components, train.rows, view);
    const all = await principalComponents(train.blocks(BLOCK), slots.length);
    checkFinite("pca", slots, all.mean, view);
    const kept = components < 1 ? explainedShare(all, components) : components;
    return { ...first(all, kept), whiten: isWhite };
  },
  slots: ({ components }) => components.map((_, i) => componentSlot(i)),
  apply,
  emit,
};

/**
 * The same by taking up the training rows batch by batch, in their order, with only the wanted components kept in
 * between, as scikit-learn's IncrementalPCA: close to `pca`, which is exact and needs no more memory.
 * Source: Ross, Lim, Lin and Yang 2008, Incremental learning for robust visual tracking, IJCV 77.
 */
export const incrementalPca: MatrixTransform<z.infer<typeof incrementalStep>, State> = {
  key: "incremental-pca",
  step: incrementalStep,
  async fitMatrix({ "incremental-pca": options }, slots, train, view) {
    const { components, whiten: isWhite, batch = 5 * slots.length } = options;
    check("incremental-pca", slots, components, Math.min(train.rows, batch), view);
    const found = await incrementalComponents(inBatches(train, batch, components), slots.length, components);
    checkFinite("incremental-pca", slots, found.mean, view);
    return { ...found, whiten: isWhite };
  },
  slots: pca.slots,
  apply,
  emit,
};

function componentSlot(i: number): Slot {
  return { name: `pca_${i + 1}`, kind: "number", unit: null, levels: [] };
}

function check(key: string, slots: readonly Slot[], components: number, rows: number, view: string): void {
  const category = slots.find(({ kind }) => kind === "category");
  const where = `features: view "${view}": ${key}`;
  if (category !== undefined)
    throw new SchemaError(
      `${where} takes numbers, and column "${category.name}" is a category. Put one-hot before it in params.yaml.`,
    );
  if (components > slots.length)
    throw new DataError(
      `${where}: components is ${components}, and there are ${slots.length} columns. Lower it in params.yaml.`,
    );
  if (components > rows)
    throw new DataError(
      `${where}: components is ${components}, and ${rows} rows are taken up at once. Lower it in params.yaml.`,
    );
}

function checkFinite(key: string, slots: readonly Slot[], mean: readonly number[], view: string): void {
  const bad = mean.findIndex((x) => !Number.isFinite(x));
  if (bad < 0) return;
  throw new DataError(
    `features: view "${view}": ${key} takes finite numbers, and column "${slots[bad].name}" has missing or infinite ` +
      "values in the training rows. Put impute before it in params.yaml.",
  );
}

function first(all: PrincipalComponents, kept: number): PrincipalComponents {
  return {
    mean: all.mean,
    components: all.components.slice(0, kept),
    explained_variance: all.explained_variance.slice(0, kept),
    explained_variance_ratio: all.explained_variance_ratio.slice(0, kept),
  };
}

/** Batches as scikit-learn cuts them: a last one that would be smaller than `least` joins the one before. */
async function* inBatches(
  train: TrainingBlocks,
  batch: number,
  least: number,
): AsyncGenerator<Float64Array, void> {
  const whole = Math.floor(train.rows / batch);
  const rest = train.rows - whole * batch;
  let held: Float64Array | undefined;
  for await (const block of train.blocks(batch)) {
    if (held === undefined) held = block;
    else if (rest > 0 && rest < least && block.length < held.length) {
      const joined = new Float64Array(held.length + block.length);
      joined.set(held);
      joined.set(block, held.length);
      held = joined;
    } else {
      yield held;
      held = block;
    }
  }
  if (held !== undefined) yield held;
}

/** d × k: what each column adds to each component. */
function weightsOf({ components, explained_variance: variance, whiten: isWhite, mean }: State): Float64Array {
  const k = components.length;
  const weights = new Float64Array(mean.length * k);
  components.forEach((component, i) => {
    const scale = isWhite ? Math.sqrt(Math.max(variance[i], Number.EPSILON)) : 1;
    component.forEach((x, j) => {
      weights[j * k + i] = x / scale;
    });
  });
  return weights;
}

function apply(state: State, columns: readonly Float64Array[]): Float64Array[] {
  const k = state.components.length;
  const weights = weightsOf(state);
  const rows = columns[0]?.length ?? 0;
  const out = state.components.map(() => new Float64Array(rows));
  columns.forEach((values, j) => {
    for (let row = 0; row < rows; row++) {
      const x = values[row] - state.mean[j];
      for (let i = 0; i < k; i++) out[i][row] += x * weights[j * k + i];
    }
  });
  return out;
}

function emit(state: State, _slots: readonly Slot[], onnx: OnnxBuilder, { numbers, flags }: Blocks): Blocks {
  const parts: Value[] = [
    ...(numbers === null ? [] : [numbers]),
    ...flags.map((flag) => cast(onnx, flag, "double")),
  ];
  const all = parts.length === 1 ? parts[0] : onnx.node("Concat", parts, { axis: { int: 1 } });
  const centred = onnx.node("Sub", [all, rowOf(onnx, state.mean)]);
  const shape = [state.mean.length, state.components.length];
  const product = onnx.node("MatMul", [centred, onnx.tensor("double", shape, weightsOf(state))]);
  return { numbers: product, categories: null, flags: [] };
}
