import type { Table } from "../table/table.js";
import { columnsOf, type FeatureSchema } from "./schema.js";
import { TrainingRows } from "./trainingRows.js";
import { type FittedViews, fitView } from "./view.js";
import type { ViewParams } from "./views.js";

/** Fit every view of params.yaml on the training rows of a split, for each profile that has columns of its own. */
export function fitViews(
  views: ViewParams,
  features: Table,
  split: Table,
  schema: FeatureSchema,
): FittedViews {
  const train = TrainingRows.of(features, split);
  const realistic = columnsOf(schema, "realistic");
  const oracle = columnsOf(schema, "oracle");
  return Object.fromEntries(
    Object.entries(views).map(([name, steps]) => [
      name,
      {
        realistic: fitView(name, steps, train, realistic),
        oracle: oracle.length === realistic.length ? null : fitView(name, steps, train, oracle),
      },
    ]),
  );
}
