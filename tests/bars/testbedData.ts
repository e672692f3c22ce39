import { ingest } from "#lib/dataset/ingest.js";
import { buildFeatures } from "#lib/features/build.js";
import type { ContextChoice } from "#lib/features/context/params.js";
import { columnsOf } from "#lib/features/schema.js";
import { type Params, readParams } from "#lib/pipeline/params.js";
import { type TextColumn, text } from "#lib/table/table.js";
import type { BarSource } from "./measure.js";

/** Where the testbed lies; for `whySkipped`. */
export const testbedFolder = "data/testbed";

/**
 * The testbed through the kit's own ingest and features, columns that a sensor has.
 * @param features as in params.yaml; by default those of the committed one
 * @param context which of its columns, as a model in params.yaml says it
 */
export async function testbed(
  features?: Parameters<typeof buildFeatures>[1],
  context?: ContextChoice,
): Promise<BarSource & { readonly params: Params }> {
  const params = readParams("params.yaml");
  const { table: flows } = await ingest(
    { ...params.dataset, path: testbedFolder },
    params.labels,
    params.seed,
  );
  const built = buildFeatures(flows, features ?? params.features);
  return { params, flows, features: built.table, columns: columnsOf(built.schema, "realistic", context) };
}

/** @param part of a site and its day, `a1` to `b2`: whether its flows train, test or are left out */
export function byPlace({ flows }: BarSource, part: (place: string) => "train" | "test" | null): TextColumn {
  const days = flows.strings("day");
  return text(flows.strings("site").map((site, row) => part(`${site}${days[row]}`)));
}
