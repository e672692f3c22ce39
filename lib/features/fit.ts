import { columnsOf, type FeatureSchema } from "./schema.js";
import type { TrainingRows } from "./trainingRows.js";
import type { FittedViews, ViewProfiles } from "./view.js";
import { learn, ViewLearner } from "./viewLearner.js";
import type { ViewParams } from "./views.js";

/** Fit every view of params.yaml on training rows, for each profile that has columns of its own, with and without context. */
export async function fitViews(
  views: ViewParams,
  train: TrainingRows,
  schema: FeatureSchema,
): Promise<FittedViews> {
  const learners = Object.entries(views).map(([name, steps]) => new ViewLearner(name, steps));
  const levels = await learn(learners, train, columnsOf(schema, "oracle", true));
  const fitted = (learner: ViewLearner, context: boolean): ViewProfiles => {
    const realistic = columnsOf(schema, "realistic", context);
    const oracle = columnsOf(schema, "oracle", context);
    return {
      realistic: learner.view(realistic, levels),
      oracle: oracle.length === realistic.length ? null : learner.view(oracle, levels),
    };
  };
  const hasContext = schema.columns.some(({ origin }) => origin === "context");
  return Object.fromEntries(
    Object.keys(views).map((name, i) => {
      const whole = fitted(learners[i], true);
      return [name, hasContext ? { ...whole, single: fitted(learners[i], false) } : whole];
    }),
  );
}
