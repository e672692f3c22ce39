import { ingest } from "#lib/dataset/ingest.js";
import { buildFeatures } from "#lib/features/build.js";
import { columnsOf } from "#lib/features/schema.js";
import type { ViewStep } from "#lib/features/views.js";
import type { TextColumn } from "#lib/table/table.js";
import type { BarSource } from "./measure.js";

/** Where NSL-KDD lies; for `whySkipped`. */
export const nslKddFolder = "../shared/data/nsl-kdd";

/** For models that take numbers only: as section 3 of the reference results. */
export const standardised: readonly ViewStep[] = [
  { impute: "median" },
  { "one-hot": { unknown: "zero" } },
  { scale: "standard" },
];

/** NSL-KDD through the kit's own ingest and features, columns that a sensor has. */
export async function nslKdd(): Promise<BarSource> {
  const labels = { unknown: "error", empty: "error", background: "error", no_column: "error" } as const;
  const { table: flows } = await ingest(
    { path: nslKddFolder, files: null, dialect: "nsl-kdd", rows: null },
    labels,
    42,
  );
  const built = buildFeatures(flows, { derived: [] });
  return { flows, features: built.table, columns: columnsOf(built.schema, "realistic") };
}

/** All of KDDTrain+ trains, KDDTest+ is scored. */
export const official = ({ flows }: BarSource): TextColumn => flows.text("official_part");
