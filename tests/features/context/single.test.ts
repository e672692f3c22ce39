import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { buildFeatures } from "#lib/features/build.js";
import { fitViews } from "#lib/features/fit.js";
import { columnsOf } from "#lib/features/schema.js";
import { TrainingRows } from "#lib/features/trainingRows.js";
import { viewOf } from "#lib/features/view.js";
import { modelParams, ownParams } from "#lib/models/registry.js";
import { Table, text } from "#lib/table/table.js";
import { someFlows, someParams } from "./samples.js";

describe("a model of single flows beside context", () => {
  const flows = someFlows(Rng.root(3), 60);
  const split = Table.of({
    row_id: flows.column("row_id"),
    part: text(flows.strings("source").map(() => "train")),
  });
  const views = { scaled: [{ impute: "median" as const }] };
  const plain = buildFeatures(flows, { derived: [] });
  const { table, schema } = buildFeatures(flows, { derived: [], context: someParams() });

  it("takes the columns and the view that it would have without context", async () => {
    const fitted = await fitViews(views, TrainingRows.of(table, split), schema);
    const without = await fitViews(views, TrainingRows.of(plain.table, split), plain.schema);
    for (const profile of ["realistic", "oracle"] as const) {
      expect(columnsOf(schema, profile, false)).toEqual(columnsOf(plain.schema, profile));
      expect(viewOf(fitted, "scaled", profile, false)).toEqual(viewOf(without, "scaled", profile));
      expect(viewOf(fitted, "scaled", profile).columns).toEqual(columnsOf(schema, profile));
    }
    expect(Object.keys(without.scaled)).toEqual(["realistic", "oracle"]);
  });

  it("keeps how context was computed and which rows have none in the schema", () => {
    const { context } = schema;
    expect(context?.params).toEqual(someParams());
    expect(context?.unplaced_rows).toBeGreaterThan(0);
    expect(plain.schema.context).toBeUndefined();
  });

  it("is asked for by context: false, which is no parameter of its own", () => {
    const entry = modelParams.parse({ type: "logistic", context: false });
    expect(entry.context).toBe(false);
    expect(ownParams(entry)).not.toHaveProperty("context");
    expect(modelParams.parse({ type: "logistic" }).context).toBe(true);
  });

  it("or of some groups, which bring the columns that they would have alone", () => {
    const groups = ["arrivals", "originator"] as const;
    const alone = buildFeatures(flows, { derived: [], context: someParams({ groups }) });
    expect(columnsOf(schema, "realistic", groups)).toEqual(columnsOf(alone.schema, "realistic"));
    for (const { name } of alone.schema.columns) expect(table.column(name)).toEqual(alone.table.column(name));
    expect(columnsOf(plain.schema, "realistic", groups)).toEqual(columnsOf(plain.schema, "realistic"));
  });
});
