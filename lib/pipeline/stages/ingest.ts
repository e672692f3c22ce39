import { ingest as ingestFlows } from "../../dataset/ingest.js";
import type { Stage } from "../stage.js";

/** Raw files to canonical rows. Reads dataset.path, writes artifacts/flows.parquet and artifacts/ingest.json. */
export const ingest: Stage = {
  name: "ingest",
  async run(params, io) {
    const dataset = { ...params.dataset, path: io.path(params.dataset.path) };
    const { table, facts } = await ingestFlows(dataset, params.labels, params.seed);
    await io.writeTable("artifacts/flows.parquet", table);
    io.writeJson("artifacts/ingest.json", facts);
    const { rows } = facts;
    for (const { file, dropped } of facts.files) {
      for (const [reason, { count, first_lines }] of Object.entries(dropped)) {
        const lines = `${first_lines.join(", ")}${count > first_lines.length ? ", …" : ""}`;
        io.log(`dropped: ${count} rows of ${file}: ${reason} (lines ${lines})`);
      }
    }
    io.log(
      `${rows.read} rows of ${facts.files.length} files (${facts.dialects.map(({ name }) => name).join(", ")}): ${rows.kept} kept, ` +
        `${rows.dropped} dropped${rows.capped > 0 ? `, ${rows.capped} above dataset.rows` : ""}`,
    );
  },
};
