import { Rng } from "#lib/base/rng.js";
import { restrictTarget, targetOf } from "#lib/dataset/target.js";
import { modelMatrix, windowsFor } from "#lib/features/modelMatrix.js";
import { TrainingRows } from "#lib/features/trainingRows.js";
import { fitView } from "#lib/features/view.js";
import { ofWindows } from "#lib/models/entryView.js";
import type { ModelParams } from "#lib/models/registry.js";
import type { LabelledRows } from "#lib/models/train.js";
import type { Params } from "#lib/pipeline/params.js";
import { rowsOfPart } from "#lib/split/parts.js";
import { splitFlows } from "#lib/split/split.js";
import { testbed } from "./testbedData.js";
import type { WindowParts } from "./windowData.js";

/** The testbed by site as a params.yaml divides it, and its windows as the columns and the view of a model show them. */
export async function siteWindows(
  params: Pick<Params, "seed" | "features" | "views" | "splits">,
  entry: ModelParams,
): Promise<WindowParts> {
  const { flows, features, columns } = await testbed(params.features, entry.context);
  const rng = Rng.root(params.seed).fork("split").fork("site");
  const { table: parts } = splitFlows(flows, params.splits.site, rng);
  const row = await fitView(entry.view, params.views[entry.view], TrainingRows.of(features, parts), columns);
  const { classes, codes } = restrictTarget(targetOf(flows, "binary"), rowsOfPart(parts, "train"));
  const matrixOf = modelMatrix(features, columns, row.levels, windowsFor(flows, entry.window));
  const labelled = (part: "train" | "validation" | "test"): LabelledRows => {
    const rows = rowsOfPart(parts, part);
    return { X: matrixOf(rows), y: Int32Array.from(rows, (at) => codes[at]) };
  };
  return {
    view: ofWindows(entry, row),
    classes,
    train: labelled("train"),
    validation: labelled("validation"),
    test: labelled("test"),
  };
}
