#!/usr/bin/env node
/**
 * Side-by-side benchmarks: `npm run bench -- NAME… [--pairs N] [--data DIR] [--json]`.
 * Each case runs ours and the peer in turn, at least five pairs in one run, so that both meet the same machine.
 * A case is bench/cases/NAME.mjs with `prepare(data)`; its peer is bench/peers/NAME.py, run by $NIDSLAB_PYTHON or
 * python3, or the case's own `preparePeer(data)`. A file of several cases exports them as `cases`, each with its `name`
 * (NAME/SHORT, which can be asked for alone), `prepare` and `preparePeer`, and where a pair takes minutes the number of
 * `pairs` that are measured unless --pairs is given. A run that gives `{ wall, processor }` has both compared. A file that needs no NSL-KDD exports `needsData = false`.
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
    pairs: { type: "string" },
    data: { type: "string", default: join(here, "../../shared/data/nsl-kdd") },
    help: { type: "boolean", default: false },
  },
});

const asked = options.pairs === undefined ? undefined : Math.max(5, Number(options.pairs) || 5);
const unknown = positionals.filter((name) => !known.includes(name.split("/")[0]));
if (options.help || positionals.length === 0 || unknown.length > 0) {
  if (unknown.length > 0) console.error(`bench: no case "${unknown[0]}".`);
  console.error(
    `usage: npm run bench -- NAME… [--pairs N] [--data DIR] [--json]\ncases: ${known.join(", ")}`,
  );
  process.exit(options.help ? 0 : 2);
}

for (const name of positionals) {
  for (const each of await casesOf(name)) {
    try {
      report(await measure(each));
    } catch (error) {
      console.error(`bench: ${each.name}: ${error.message}`);
      process.exitCode = 1;
    }
  }
}

async function casesOf(name) {
  const [file] = name.split("/");
  const module = await import(`./cases/${file}.mjs`);
  if (module.needsData ?? true) needData();
  const all = module.cases ?? [
    {
      name,
      prepare: module.prepare,
      preparePeer: module.preparePeer ?? ((data) => startPeer(join(here, "peers", `${file}.py`), data)),
    },
  ];
  const found = all.filter((each) => name === file || each.name === name);
  if (found.length > 0) return found;
  console.error(`bench: no case "${name}". ${file} has: ${all.map((each) => each.name).join(", ")}`);
  process.exit(2);
}

function needData() {
  if (["KDDTrain+.txt.gz", "KDDTrain+.txt"].some((file) => existsSync(join(options.data, file)))) return;
  console.error(`bench: KDDTrain+.txt(.gz) is not in ${options.data}. Say where NSL-KDD lies: --data DIR.`);
  process.exit(1);
}

/** Times of ours and of the peer, in seconds, taken in turn. */
async function measure({ name, prepare, preparePeer, pairs: usual = 5 }) {
  const pairs = asked ?? usual;
  const peer = await preparePeer(options.data);
  try {
    const ours = await prepare(options.data);
    const times = { ours: [], peer: [] };
    const processor = { ours: [], peer: [] };
    const keep = (side, took) => {
      times[side].push(took.wall ?? took);
      if (took.processor !== undefined) processor[side].push(took.processor);
    };
    for (let pair = 0; pair < pairs; pair++) {
      keep("ours", await ours.run());
      keep("peer", await peer.run());
    }
    const peak = { ours: await ours.peakMb?.(), peer: ours.peakMb && (await peer.peakMb?.()) };
    await (ours.close ?? ours.end)?.();
    return {
      name,
      pairs,
      times,
      processor,
      samples: ours.samples,
      peak,
      settings: { ours: ours.settings, peer: peer.settings },
    };
  } finally {
    peer.end?.();
  }
}

function report({ name, pairs, times, processor, samples, peak, settings }) {
  const ratio = ratioOf(times);
  const both = processor.ours.length > 0;
  if (options.json) {
    const [ours_s, peer_s] = [times.ours, times.peer].map((each) => round(median(each)));
    const memory = Object.fromEntries(
      Object.entries(peak).flatMap(([side, mb]) =>
        mb === undefined ? [] : [[`${side}_peak_mb`, round(mb)]],
      ),
    );
    const work = both ? { processor_ratio: round(ratioOf(processor)) } : {};
    const rates =
      samples === undefined ? {} : { samples, ours_per_s: samples / ours_s, peer_per_s: samples / peer_s };
    const all = { name, pairs, ours_s, peer_s, ratio: round(ratio), ...work, ...rates, ...memory, settings };
    console.log(JSON.stringify(all));
    return;
  }
  const few = pairs < 5 ? `; a pair takes minutes: --pairs 5 measures five` : "";
  console.log(`${name} (${pairs} ${pairs === 1 ? "pair" : "pairs"}${few})`);
  console.log(`  ours  ${summary(times.ours)}   ${settings.ours}`);
  console.log(`  peer  ${summary(times.peer)}   ${settings.peer}`);
  const told = Object.entries(peak).flatMap(([side, mb]) =>
    mb === undefined ? [] : [`   peak memory of ${side} ${mb.toFixed(0)} MB`],
  );
  console.log(
    `  ratio ${ratio.toFixed(ratio < 0.1 ? 3 : 2)} (median of the pairs; below 1 is faster)${told.join("")}`,
  );
  if (samples !== undefined) console.log(`  ours  ${perSecond(samples, times)}`);
  if (both) {
    const rates = samples === undefined ? "" : `; ${perSecond(samples, processor)} of its time`;
    console.log(`  processor  ratio ${ratioOf(processor).toFixed(2)}${rates}`);
  }
}

function ratioOf({ ours, peer }) {
  return median(ours.map((time, pair) => time / peer[pair]));
}

function perSecond(samples, { ours, peer }) {
  const [own, other] = [ours, peer].map((times) => Math.round(samples / median(times)));
  return `${own} samples/s, peer ${other}`;
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
