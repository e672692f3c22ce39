import { z } from "zod";
import { FormatError, ParamsError } from "../../base/errors.js";

const numbers = z.array(z.number());
const schema = z.strictObject({
  epochs: z.int().min(0),
  rows: z.int().min(0),
  scaler: z
    .strictObject({ rows: z.int().min(0), mean: numbers, squares: numbers })
    .nullable()
    .describe("null: the model has none"),
  predictors: z.array(z.strictObject({ weights: numbers, intercept: z.number() })),
});

/** What a model that learns batch by batch needs to go on, as plain JSON: numbers come back as the same doubles. */
export type OnlineState = z.infer<typeof schema>;

/**
 * The state of an earlier model, for one of `predictors` over `columns`.
 * @throws FormatError when it is no such state, ParamsError when one of the two has a scaler and the other none
 */
export function onlineState(
  model: string,
  state: unknown,
  expected: { readonly predictors: number; readonly columns: number; readonly scaled: boolean },
): OnlineState {
  const parsed = schema.safeParse(state);
  const again = "Train the model to go on from again.";
  if (!parsed.success) {
    throw new FormatError(
      `${model}: continue_from: the state cannot be read: ${z.prettifyError(parsed.error).slice(0, 200)}. ${again}`,
    );
  }
  const { predictors, scaler } = parsed.data;
  const lists = [
    ...predictors.map(({ weights }) => weights),
    ...(scaler === null ? [] : [scaler.mean, scaler.squares]),
  ];
  if (predictors.length !== expected.predictors || lists.some((list) => list.length !== expected.columns)) {
    throw new FormatError(
      `${model}: continue_from: the state has ${predictors.length} predictors over ${lists[0]?.length ?? 0} columns, ` +
        `expected ${expected.predictors} over ${expected.columns}. ${again}`,
    );
  }
  if ((scaler !== null) !== expected.scaled) {
    throw new ParamsError(
      `${model}: continue_from: the earlier model has scaler: ${scaler === null ? "none" : "running"}, this one ` +
        `${expected.scaled ? "running" : "none"}; its weights belong to its scaler. Set scaler: ${scaler === null ? "none" : "running"}.`,
    );
  }
  return parsed.data;
}
