import { constantText } from "../dataset/canonical.js";
import { Table } from "../table/table.js";
import type { FeatureColumn } from "./schema.js";
import { TrainingRows } from "./trainingRows.js";
import { type FittedView, fitView } from "./view.js";
import type { ViewStep } from "./views.js";

/**
 * A view fitted on `rows` of the features and nothing else.
 * @param features the columns of the view; what else is there is not looked at
 * @param isAttack of a row of the features: for steps that learn from benign rows
 */
export async function fittedView(
  features: Table,
  columns: readonly FeatureColumn[],
  name: string,
  steps: readonly ViewStep[],
  rows: Int32Array,
  isAttack?: (row: number) => boolean,
): Promise<FittedView> {
  const own = features.select(columns.map((column) => column.name)).take(rows);
  const ids = Float64Array.from(rows, (_, i) => i);
  const all = Table.of({
    row_id: { kind: "number", type: "int64", values: ids },
    part: constantText("train", own.rows),
  });
  return fitView(
    name,
    steps,
    TrainingRows.fetching(
      ids,
      all,
      async (column) => own.column(column),
      isAttack === undefined ? undefined : async () => rows.map((row) => Number(isAttack(row))),
    ),
    columns,
  );
}
