import type { Table } from "../table/table.js";
import { columnsOf, type FeatureSchema } from "./schema.js";
import { TrainingRows } from "./trainingRows.js";
import { type FittedViews, fitView, type ViewProfiles } from "./view.js";
import type { ViewParams, ViewStep } from "./views.js";

/** Fit every view of params.yaml on the training rows of a split, for each profile that has columns of its own, with and without context. */
export function fitViews(
  views: ViewParams,
  features: Table,
  split: Table,
  schema: FeatureSchema,
): FittedViews {
  const train = TrainingRows.of(features, split);
  const hasContext = schema.columns.some(({ origin }) => origin === "context");
  const fitted = (name: string, steps: readonly ViewStep[], context: boolean): ViewProfiles => {
    const realistic = columnsOf(schema, "realistic", context);
    const oracle = columnsOf(schema, "oracle", context);
    return {
      realistic: fitView(name, steps, train, realistic),
      oracle: oracle.length === realistic.length ? null : fitView(name, steps, train, oracle),
    };
  };
  return Object.fromEntries(
    Object.entries(views).map(([name, steps]) => [
      name,
      hasContext
        ? { ...fitted(name, steps, true), single: fitted(name, steps, false) }
        : fitted(name, steps, true),
    ]),
  );
}
