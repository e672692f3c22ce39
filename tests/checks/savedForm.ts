import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { encode } from "#lib/features/encode.js";
import type { FeatureColumn } from "#lib/features/schema.js";
import { TrainingRows } from "#lib/features/trainingRows.js";
import { applyView, type FittedView, fitView, viewFeatures } from "#lib/features/view.js";
import type { ViewStep } from "#lib/features/views.js";
import { assembleOnnx } from "#lib/models/assemble.js";
import type { Matrix, Rows } from "#lib/models/contract.js";
import { SavedModel } from "#lib/onnx/savedModel.js";
import { type Column, float32, Table, text } from "#lib/table/table.js";
import { writeModel } from "../modelFolder.js";
import { temporaryFolder } from "../temporary.js";
import type { Subject } from "./estimator.js";
import { allBenign, type MadeOptions, madeRows } from "./made.js";
import { expectSameScores, scoresOf } from "./onnxForm.js";

/** `scaled` of params.yaml. */
const scaled: readonly ViewStep[] = [
  { impute: "median" },
  { "one-hot": { unknown: "zero" } },
  { scale: "standard" },
];

/** The model as a folder, its fitted view inside, opened as `predict` and `evaluate` do. */
export function checkSavedForm(subject: Subject, rows: number): void {
  const { definition, native } = subject;
  const folder = temporaryFolder();

  it("keeps its scores when it is saved with its view and opened again; a changed file is refused", async () => {
    const { view, train, scored } = await prepared(rows, native ? [] : scaled);
    const own = definition.kind === "detector" ? allBenign(train) : train;
    const model = await subject.fit({ ...own, X: applyView(view, own.X), features: viewFeatures(view) });
    const { bytes, operations } = assembleOnnx(model, view, view.columns.length, { model: definition.type });
    expect(operations).toBeGreaterThanOrEqual(0);
    const at = writeModel(join(folder.path, definition.type), bytes, {
      type: definition.type,
      kind: definition.kind,
      classes: definition.kind === "classifier" ? [...train.classes] : [],
      columns: view.columns.map(({ name, type, unit }) =>
        type === "category" ? { name, type, unit, levels: view.levels[name] } : { name, type, unit },
      ),
    });

    const opened = await SavedModel.open(at, 1);
    const { score, probabilities } = await opened.score(scored);
    await expect(opened.score({ ...scored, columns: 2, rows: 2 * scored.rows })).rejects.toThrow(
      /takes 4 columns, the rows have 2/,
    );
    await opened.close();
    expectSameScores(probabilities?.data ?? score, scoresOf(model, applyView(view, scored)));

    const file = join(at, "model.onnx");
    const changed = readFileSync(file);
    changed[changed.length - 1] ^= 1;
    writeFileSync(file, changed);
    await expect(SavedModel.open(at, 1)).rejects.toThrow(/is not the file that model.json describes/);
    expect(existsSync(file)).toBe(true);
  });
}

/** Training rows and rows to be scored before the view, and the view fitted on the former. */
async function prepared(
  rows: number,
  steps: readonly ViewStep[],
): Promise<{ readonly view: FittedView; readonly train: Rows; readonly scored: Matrix }> {
  const options: MadeOptions = { rows, classes: 2, missing: 0.1 };
  const train = madeRows(options);
  const columns = train.features.map(
    ({ name, kind }): FeatureColumn => ({
      name,
      type: kind === "number" ? "float32" : "category",
      unit: null,
      profile: "realistic",
      origin: "raw",
    }),
  );
  const table = tableOf(train);
  const split = Table.of({
    row_id: table.column("row_id"),
    part: text(Array.from({ length: rows }, () => "train")),
  });
  const view = await fitView("view", steps, TrainingRows.of(table, split), columns);
  const other = tableOf(madeRows({ ...options, rows: 300, seed: 2 }));
  const encoded = (of: Table): Matrix => encode(of, columns, view.levels);
  return { view, train: { ...train, X: encoded(table) }, scored: encoded(other) };
}

/** Made rows as features.parquet has them. */
function tableOf({ X, features }: Rows): Table {
  const columns: Record<string, Column> = {
    row_id: float32(Array.from({ length: X.rows }, (_, i) => i)),
  };
  features.forEach((feature, j) => {
    const values = Array.from({ length: X.rows }, (_, i) => X.data[i * X.columns + j]);
    columns[feature.name] =
      feature.kind === "number"
        ? float32(values)
        : text(values.map((code) => (Number.isNaN(code) ? null : feature.levels[code])));
  });
  return Table.of(columns);
}
