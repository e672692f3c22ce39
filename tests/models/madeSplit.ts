import { Rng } from "#lib/base/rng.js";
import { buildFeatures } from "#lib/features/build.js";
import { fitViews } from "#lib/features/fit.js";
import { TrainingRows } from "#lib/features/trainingRows.js";
import type { StageIo } from "#lib/pipeline/stage.js";
import { float64, int64, Table, text } from "#lib/table/table.js";

/** Flows whose label follows from the bytes, and a split "site" of them. */
export async function writeMadeSplit(
  there: StageIo,
  seed: number,
  {
    families = ["benign", "dos"],
    proto = ["tcp", "udp"],
    views = { raw: [], scaled: [{ impute: "median" as const, indicator: true }] },
  }: {
    readonly families?: readonly string[];
    readonly proto?: readonly string[];
    readonly views?: Parameters<typeof fitViews>[0];
  } = {},
): Promise<void> {
  const rng = Rng.root(seed);
  const rows = 900;
  const ids = int64(Array.from({ length: rows }, (_, i) => i));
  const family = Array.from({ length: rows }, () => families[rng.integer(families.length)]);
  const bytes = family.map((name) => 100 * families.indexOf(name) + 160 * rng.uniform());
  const flows = Table.of({
    row_id: ids,
    dataset: text(family.map(() => "made")),
    label: text(family),
    family: text(family),
    orig_bytes: float64(bytes),
    resp_bytes: float64(bytes.map(() => 100 * rng.uniform())),
    proto: text(bytes.map((_, i) => proto[i % proto.length])),
  });
  const split = Table.of({
    row_id: ids,
    part: text(Array.from({ length: rows }, (_, i) => ["train", "train", "validation", "test"][i % 4])),
  });
  await writeSplit(there, flows, split, views);
}

/** What ingest, split and features leave of these flows, in a project's folder. */
export async function writeSplit(
  there: StageIo,
  flows: Table,
  split: Table,
  views: Parameters<typeof fitViews>[0],
): Promise<void> {
  const { table, schema } = buildFeatures(flows, { derived: ["totals"] });
  await there.writeTable("artifacts/flows.parquet", flows);
  await there.writeTable("artifacts/splits/site.parquet", split);
  await there.writeTable("artifacts/features/site/features.parquet", table);
  there.writeJson("artifacts/features/site/schema.json", schema);
  there.writeJson(
    "artifacts/features/site/transform.json",
    await fitViews(views, TrainingRows.of(table, split), schema),
  );
  there.writeJson("package-lock.json", {
    version: "1.0.0",
    packages: {
      "node_modules/onnxruntime-node": { version: "1" },
      "node_modules/ml-random-forest": { version: "2" },
    },
  });
}
