import { DataError, SchemaError } from "../base/errors.js";
import { blocksOf } from "../table/matrixRows.js";
import type { Classifier, Detector, Matrix, ModelDefinition, Rows } from "./contract.js";
import { allFinite } from "./finite.js";

/** Whether a model takes categories and missing values as they are: those whose own view is raw do, and a few others. */
export function takesAnyColumn({ view, anyColumn }: Pick<ModelDefinition, "view" | "anyColumn">): boolean {
  return view === "raw" || anyColumn === true;
}

/**
 * The definition, whose estimators refuse by name what no model of its kind could learn from: no rows; and, where it takes
 * numbers only, a category or a value that is not finite among the training or validation rows. (An ensemble leaves that to
 * its models.)
 * @throws (from `fit`) DataError, SchemaError
 */
export function guarded<P>(definition: ModelDefinition<P>): ModelDefinition<P> {
  const { type } = definition;
  const check = (rows: Rows, part: string): void => {
    if (!takesAnyColumn(definition) && definition.family !== "ensemble") checkNumbers(rows, type, part);
  };
  const checkTraining = (rows: Rows): void => {
    if (rows.X.rows === 0)
      throw new DataError(`${type}: the training part has no rows. Choose another split in params.yaml.`);
    check(rows, "training");
  };
  return {
    ...definition,
    create(params): Classifier | Detector {
      const estimator = definition.create(params);
      return {
        ...estimator,
        async fit(rows, context) {
          checkTraining(rows);
          if (context.validation !== undefined) check(context.validation, "validation");
          return estimator.fit(rows, context);
        },
      } as Classifier | Detector;
    },
  };
}

/** A step of a window that is missing altogether is no row, and may be there. */
function checkNumbers({ X, features, window }: Rows, type: string, part: string): void {
  const category = features.find(({ kind }) => kind === "category");
  if (category !== undefined) {
    throw new SchemaError(
      `${type}: column "${category.name}" is a category, and ${type} takes numbers only. ` +
        "Add one-hot to its view in params.yaml, or choose a view that has it.",
    );
  }
  const width = X.columns / (window ?? 1);
  const counts = new Float64Array(X.columns);
  for (const block of blocksOf(X)) {
    if (allFinite(block.data)) continue;
    for (let at = 0; at < block.data.length; at++) {
      if (Number.isFinite(block.data[at])) continue;
      if (!(window && isAbsent(block, at - (at % width), width))) counts[at % X.columns]++;
    }
  }
  const first = counts.findIndex((count) => count > 0);
  if (first < 0) return;
  throw new DataError(
    `${type}: column "${features[first].name}" has ${counts[first]} missing or infinite values in ${X.rows} ${part} rows, ` +
      `and ${type} takes none. Add impute (infinite values: clean) to its view in params.yaml.`,
  );
}

function isAbsent({ data }: Matrix, start: number, width: number): boolean {
  for (let at = start; at < start + width; at++) if (!Number.isNaN(data[at])) return false;
  return true;
}
