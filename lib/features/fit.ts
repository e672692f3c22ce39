import { DataError } from "../base/errors.js";
import { columnsOf, type FeatureSchema } from "./schema.js";
import type { TrainingRows } from "./trainingRows.js";
import type { FittedView, FittedViews, ViewFault, ViewProfiles } from "./view.js";
import { learn, ViewLearner } from "./viewLearner.js";
import type { ViewParams } from "./views.js";

/** Fit every view of params.yaml on training rows, for each profile that has columns of its own, with and without context. */
export async function fitViews(
  params: ViewParams,
  train: TrainingRows,
  schema: FeatureSchema,
): Promise<FittedViews> {
  const learners = Object.entries(params).map(([name, steps]) => new ViewLearner(name, steps));
  const levels = await learn(learners, train, columnsOf(schema, "oracle", true));
  const fitted = async (learner: ViewLearner, context: boolean): Promise<ViewProfiles> => {
    const realistic = columnsOf(schema, "realistic", context);
    const oracle = columnsOf(schema, "oracle", context);
    return {
      realistic: await viewOrFault(learner.view(realistic, levels, train)),
      oracle:
        oracle.length === realistic.length ? null : await viewOrFault(learner.view(oracle, levels, train)),
    };
  };
  const hasContext = schema.columns.some(({ origin }) => origin === "context");
  const views: Record<string, FittedViews[string]> = {};
  for (const [i, name] of Object.keys(params).entries()) {
    const whole = await fitted(learners[i], true);
    views[name] = hasContext ? { ...whole, single: await fitted(learners[i], false) } : whole;
    checkSome(views[name]);
  }
  return views;
}

/** A step may ask for more than some of a view's forms have; who needs such a form is told why it is not there. */
async function viewOrFault(view: Promise<FittedView>): Promise<FittedView | ViewFault> {
  try {
    return await view;
  } catch (error) {
    if (error instanceof DataError) return { fault: error.message };
    throw error;
  }
}

/** @throws DataError when a view has no form that could be fitted */
function checkSome({ realistic, oracle, single }: FittedViews[string]): void {
  const forms = [realistic, oracle, single?.realistic, single?.oracle];
  const there = forms.filter((form) => form !== null && form !== undefined);
  const [first] = there;
  if (first !== undefined && "fault" in first && there.every((form) => "fault" in form))
    throw new DataError(first.fault);
}
