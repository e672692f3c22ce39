#!/usr/bin/env node
/**
 * Side-by-side benchmarks: `npm run bench -- NAME… [--pairs N] [--data DIR] [--json]`.
 * Each case runs ours and the peer in turn, at least five pairs in one run, so that both meet the same machine.
 * A case is bench/cases/NAME.mjs with `prepare(data)`; its peer is bench/peers/NAME.py, run by $NIDSLAB_PYTHON or
 * python3, or the case's own `preparePeer(data)`.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startPeer } from "./peer.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const known = readdirSync(join(here, "cases"))
  .filter((name) => name.endsWith(".mjs"))
  .map((name) => name.slice(0, -4))
  .sort();

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: "boolean", default: false },
    pairs: { type: "string", default: "5" },
    data: { type: "string", default: join(here, "../../shared/data/nsl-kdd") },
    help: { type: "boolean", default: false },
  },
});

const pairs = Math.max(5, Number(options.pairs) || 5);
const unknown = positionals.filter((name) => !known.includes(name));
if (options.help || positionals.length === 0 || unknown.length > 0) {
  if (unknown.length > 0) console.error(`bench: no case "${unknown[0]}".`);
  console.error(
    `usage: npm run bench -- NAME… [--pairs N] [--data DIR] [--json]\ncases: ${known.join(", ")}`,
  );
  process.exit(options.help ? 0 : 2);
}
if (!existsSync(join(options.data, "KDDTrain+.txt.gz")) && !existsSync(join(options.data, "KDDTrain+.txt"))) {
  console.error(`bench: KDDTrain+.txt(.gz) is not in ${options.data}. Say where NSL-KDD lies: --data DIR.`);
  process.exit(1);
}

for (const name of positionals) {
  try {
    report(await measure(name));
  } catch (error) {
    console.error(`bench: ${name}: ${error.message}`);
    process.exitCode = 1;
  }
}

/** Times of ours and of the peer, in seconds, taken in turn. */
async function measure(name) {
  const { prepare, preparePeer } = await import(`./cases/${name}.mjs`);
  const script = join(here, "peers", `${name}.py`);
  const peer = preparePeer ? await preparePeer(options.data) : await startPeer(script, options.data);
  try {
    const ours = await prepare(options.data);
    const times = { ours: [], peer: [] };
    for (let pair = 0; pair < pairs; pair++) {
      times.ours.push(await ours.run());
      times.peer.push(await peer.run());
    }
    await ours.close?.();
    return { name, pairs, times, settings: { ours: ours.settings, peer: peer.settings } };
  } finally {
    peer.end?.();
  }
}

function report({ name, pairs, times, settings }) {
  const ratio = median(times.ours.map((time, pair) => time / times.peer[pair]));
  if (options.json) {
    const [ours_s, peer_s] = [times.ours, times.peer].map((each) => round(median(each)));
    console.log(JSON.stringify({ name, pairs, ours_s, peer_s, ratio: round(ratio), settings }));
    return;
  }
  console.log(`${name} (${pairs} pairs)`);
  console.log(`  ours  ${summary(times.ours)}   ${settings.ours}`);
  console.log(`  peer  ${summary(times.peer)}   ${settings.peer}`);
  console.log(`  ratio ${ratio.toFixed(2)} (median of the pairs; below 1 is faster)`);
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function round(value) {
  return Number(value.toPrecision(4));
}

function summary(values) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return `median ${median(values).toFixed(2)} s  min ${low.toFixed(2)}  max ${high.toFixed(2)}`;
}
