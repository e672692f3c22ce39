import { ingest as ingestFlows } from "../../dataset/ingest.js";
import type { Stage } from "../stage.js";

/** Raw files to canonical rows. Reads dataset.path, writes artifacts/flows.parquet and artifacts/ingest.json. */
export const ingest: Stage = {
  name: "ingest",
  async run(params, io) {
    const dataset = { ...params.dataset, path: io.path(params.dataset.path) };
    const { map } = params.labels;
    const labels = { ...params.labels, map: typeof map === "string" ? io.path(map) : map };
    const { table, facts } = await ingestFlows(dataset, labels, params.seed);
    await io.writeTable("artifacts/flows.parquet", table);
    io.writeJson("artifacts/ingest.json", facts);
    const { rows } = facts;
    for (const { file, dropped } of facts.files) {
      for (const [reason, { count, first_lines }] of Object.entries(dropped)) {
        const lines = `${first_lines.join(", ")}${count > first_lines.length ? ", …" : ""}`;
        io.log(`dropped: ${count} rows of ${file}: ${reason} (lines ${lines})`);
      }
    }
    for (const { column, name, kind, why, example } of facts.table ?? []) {
      const as = name === null ? "left out" : `${kind}${name === column ? "" : `, as ${name}`}`;
      io.log(
        `column ${column}: ${as}${why === undefined ? "" : ` (${why})`}${example === null ? "" : `, such as ${example}`}`,
      );
    }
    const unused = facts.label_map?.unused ?? [];
    if (unused.length > 0) io.log(`labels.map: no row has the label ${unused.join(", ")}`);
    io.log(
      `${rows.read} rows of ${facts.files.length} files (${facts.dialects.map(({ name }) => name).join(", ")}): ${rows.kept} kept, ` +
        `${rows.dropped} dropped${rows.capped > 0 ? `, ${rows.capped} above dataset.rows` : ""}`,
    );
  },
};
