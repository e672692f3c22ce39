#!/usr/bin/env node
/**
 * Processor time and peak memory of context alone, over flows of one source that are made as they are read:
 * `npm run build && node bench/context.mjs ROWS [--shuffled]`. 5,000 clients, 500 servers, 40 flows a second, nearly in the
 * order of their ends or in none; windows of 100 flows, 5 and 60 seconds. The time that making them takes is left out.
 */
import { parseArgs } from "node:util";
import { Rng } from "../dist/base/rng.js";
import { contextParams } from "../dist/features/context/params.js";
import { ContextStream } from "../dist/features/context/stream.js";
import { Scratch } from "../dist/table/storedMatrix.js";
import { float64, int64, Table } from "../dist/table/table.js";
import { temporaryFolder } from "./programs.mjs";

const BATCH = 122_880;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { shuffled: { type: "boolean", default: false } },
});
const rows = Number(positionals[0]);
const hosts = Array.from({ length: 5000 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);

function batch(first, count, rng) {
  const numbers = (of) => {
    const column = new Float64Array(count);
    for (let i = 0; i < count; i++) column[i] = of(first + i);
    return column;
  };
  const texts = (dictionary, of) => ({ kind: "text", codes: Int32Array.from(numbers(of)), dictionary });
  const place = values.shuffled ? () => rng.integer(rows) : (row) => row;
  return Table.of({
    row_id: int64(numbers((row) => row)),
    source: texts(["day1"], () => 0),
    start_us: int64(numbers((row) => 1e15 + place(row) * 25_000 + rng.integer(1e6))),
    duration_s: float64(numbers(() => (rng.integer(10) < 7 ? 1 : 60) * rng.uniform())),
    orig_addr: texts(hosts, () => rng.integer(5000)),
    resp_addr: texts(hosts.slice(0, 500), () => Math.floor(500 * rng.uniform() ** 3)),
    orig_port: int64(numbers(() => 1024 + rng.integer(60_000))),
    resp_port: int64(numbers(() => (rng.integer(5) ? 443 : rng.integer(65_536)))),
    proto: texts(["tcp", "udp"], () => rng.integer(2)),
    service: texts(["http", "dns", "ssl"], () => rng.integer(4) - 1),
    orig_bytes: int64(numbers(() => rng.integer(10_000))),
    resp_bytes: int64(numbers(() => rng.integer(10_000))),
  });
}

async function* batches() {
  const rng = Rng.root(1);
  for (let first = 0; first < rows; first += BATCH) yield batch(first, Math.min(BATCH, rows - first), rng);
}

/** Seconds of processor time that `work` takes. */
async function secondsOf(work) {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

const making = await secondsOf(async () => {
  for await (const _ of batches());
});
const scratch = new Scratch(temporaryFolder());
const all = await secondsOf(async () => {
  const context = new ContextStream(
    batches(),
    contextParams.parse({ flows: 100, seconds: [5, 60] }),
    scratch,
  );
  for (let first = 0; first < rows; first += BATCH) await context.take(Math.min(BATCH, rows - first));
});
scratch.close();
const peak = process.resourceUsage().maxRSS / 1024;
console.log(`${rows.toLocaleString("en")} rows: ${(all - making).toFixed(1)} s, ${peak.toFixed(0)} MB`);
