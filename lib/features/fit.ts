import { columnsOf, type FeatureSchema } from "./schema.js";
import type { TrainingRows } from "./trainingRows.js";
import { type FittedViews, fitView, type ViewProfiles } from "./view.js";
import type { ViewParams, ViewStep } from "./views.js";

/** Fit every view of params.yaml on training rows, for each profile that has columns of its own, with and without context. */
export async function fitViews(
  views: ViewParams,
  train: TrainingRows,
  schema: FeatureSchema,
): Promise<FittedViews> {
  const hasContext = schema.columns.some(({ origin }) => origin === "context");
  const fitted = async (
    name: string,
    steps: readonly ViewStep[],
    context: boolean,
  ): Promise<ViewProfiles> => {
    const realistic = columnsOf(schema, "realistic", context);
    const oracle = columnsOf(schema, "oracle", context);
    return {
      realistic: await fitView(name, steps, train, realistic),
      oracle: oracle.length === realistic.length ? null : await fitView(name, steps, train, oracle),
    };
  };
  const all: Record<string, ViewProfiles & { readonly single?: ViewProfiles }> = {};
  for (const [name, steps] of Object.entries(views)) {
    const whole = await fitted(name, steps, true);
    all[name] = hasContext ? { ...whole, single: await fitted(name, steps, false) } : whole;
  }
  return all;
}
