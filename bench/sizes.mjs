#!/usr/bin/env node
/**
 * Seconds (and those of processor time, of all threads) and peak memory of the stages by rows: `npm run build && node bench/sizes.mjs ROWS… [--data DIR] [--context]`. A
 * set of csvSet.mjs is written for each number of rows, in --data (a temporary folder), and removed; with --context one with
 * hosts (up to 4 million rows are one source), and features have those of context. Each stage is told when it has ended, on
 * stderr.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { writeCsvSet } from "./csvSet.mjs";
import { NodeRuns, temporaryFolder } from "./programs.mjs";
import { writeProject } from "./sizeProject.mjs";

const nidslab = fileURLToPath(new URL("../bin/nidslab", import.meta.url));
const steps = {
  audit: ["audit", "data"],
  ingest: ["run-stage", "ingest"],
  split: ["run-stage", "split", "random"],
  features: ["run-stage", "features", "random"],
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { data: { type: "string" }, context: { type: "boolean", default: false } },
});
console.log(`| rows | ${Object.keys(steps).join(" | ")} |\n|---:|${"---:|".repeat(4)}`);
for (const rows of positionals.map(Number)) {
  const root = values.data === undefined ? temporaryFolder() : mkdtempSync(join(values.data, "sizes-"));
  const set = join(root, "set");
  writeCsvSet(set, rows, undefined, { withHosts: values.context });
  writeProject(root, set, { context: values.context });
  const cells = [];
  for (const [step, command] of Object.entries(steps)) {
    const runs = new NodeRuns();
    const seconds = await runs.time([nidslab, ...command], { cwd: root });
    cells.push(`${seconds.toFixed(1)} s (${runs.cpuSeconds().toFixed(1)} s), ${runs.peakMb().toFixed(0)} MB`);
    console.error(`${rows} rows, ${step}: ${cells.at(-1)}`);
  }
  console.log(`| ${rows.toLocaleString("en")} | ${cells.join(" | ")} |`);
  rmSync(root, { recursive: true });
}
