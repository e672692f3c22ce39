#!/usr/bin/env node
/**
 * Writes a set of CSV files like CSE-CIC-IDS2018: `node bench/csvSet.mjs FOLDER ROWS [--seed N] [--hosts]`, 80 columns and about 620
 * bytes a row, at most 4 million rows a file (flows-01.csv, …). Classes come in the ratios of the published set, numbers
 * are of CICFlowMeter's kinds (counts, microseconds, ten decimals for means and rates, -1 for no window) and agree with
 * each other (total = count · mean). As in the published files the header comes again inside, and the two rates are
 * Infinity or NaN where the duration is 0. The same seed and rows give the same bytes. With --hosts the file has the 84
 * columns of the published set's only file with addresses: 5,000 clients, 500 servers of which few are asked most.
 */
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const ROWS_A_FILE = 4_000_000;
const FLUSH = 1 << 22;

export const header =
  "Dst Port,Protocol,Timestamp,Flow Duration,Tot Fwd Pkts,Tot Bwd Pkts,TotLen Fwd Pkts,TotLen Bwd Pkts,Fwd Pkt Len Max," +
  "Fwd Pkt Len Min,Fwd Pkt Len Mean,Fwd Pkt Len Std,Bwd Pkt Len Max,Bwd Pkt Len Min,Bwd Pkt Len Mean,Bwd Pkt Len Std," +
  "Flow Byts/s,Flow Pkts/s,Flow IAT Mean,Flow IAT Std,Flow IAT Max,Flow IAT Min,Fwd IAT Tot,Fwd IAT Mean,Fwd IAT Std," +
  "Fwd IAT Max,Fwd IAT Min,Bwd IAT Tot,Bwd IAT Mean,Bwd IAT Std,Bwd IAT Max,Bwd IAT Min,Fwd PSH Flags,Bwd PSH Flags," +
  "Fwd URG Flags,Bwd URG Flags,Fwd Header Len,Bwd Header Len,Fwd Pkts/s,Bwd Pkts/s,Pkt Len Min,Pkt Len Max,Pkt Len Mean," +
  "Pkt Len Std,Pkt Len Var,FIN Flag Cnt,SYN Flag Cnt,RST Flag Cnt,PSH Flag Cnt,ACK Flag Cnt,URG Flag Cnt,CWE Flag Count," +
  "ECE Flag Cnt,Down/Up Ratio,Pkt Size Avg,Fwd Seg Size Avg,Bwd Seg Size Avg,Fwd Byts/b Avg,Fwd Pkts/b Avg," +
  "Fwd Blk Rate Avg,Bwd Byts/b Avg,Bwd Pkts/b Avg,Bwd Blk Rate Avg,Subflow Fwd Pkts,Subflow Fwd Byts,Subflow Bwd Pkts," +
  "Subflow Bwd Byts,Init Fwd Win Byts,Init Bwd Win Byts,Fwd Act Data Pkts,Fwd Seg Size Min,Active Mean,Active Std," +
  "Active Max,Active Min,Idle Mean,Idle Std,Idle Max,Idle Min,Label";

/** What the columns begin with where addresses are known. */
const hostColumns = "Flow ID,Src IP,Src Port,Dst IP,";

/** Rows of each class in the published set, and what its flows are like: port, packets there and back, bytes, seconds. */
const classes = [
  { label: "Benign", rows: 13_484_708, port: 443, fwd: 14, back: 13, size: 640, seconds: 40 },
  { label: "DDOS attack-HOIC", rows: 686_012, port: 80, fwd: 4, back: 4, size: 210, seconds: 0.02 },
  { label: "DDoS attacks-LOIC-HTTP", rows: 576_191, port: 80, fwd: 5, back: 4, size: 190, seconds: 8 },
  { label: "DoS attacks-Hulk", rows: 461_912, port: 80, fwd: 3, back: 3, size: 220, seconds: 0.4 },
  { label: "Bot", rows: 286_191, port: 8080, fwd: 3, back: 3, size: 120, seconds: 0.6 },
  { label: "FTP-BruteForce", rows: 193_360, port: 21, fwd: 1, back: 1, size: 1, seconds: 0.00001 },
  { label: "SSH-Bruteforce", rows: 187_589, port: 22, fwd: 22, back: 21, size: 90, seconds: 0.4 },
  { label: "Infilteration", rows: 161_934, port: 445, fwd: 6, back: 5, size: 150, seconds: 5 },
  { label: "DoS attacks-SlowHTTPTest", rows: 139_890, port: 80, fwd: 1, back: 1, size: 1, seconds: 0.00002 },
  { label: "DoS attacks-GoldenEye", rows: 41_508, port: 80, fwd: 4, back: 4, size: 250, seconds: 10 },
  { label: "DoS attacks-Slowloris", rows: 10_990, port: 80, fwd: 6, back: 4, size: 100, seconds: 60 },
  { label: "DDOS attack-LOIC-UDP", rows: 1_730, port: 80, fwd: 900, back: 1, size: 32, seconds: 90 },
  { label: "Brute Force -Web", rows: 611, port: 80, fwd: 60, back: 40, size: 130, seconds: 30 },
  { label: "Brute Force -XSS", rows: 230, port: 80, fwd: 70, back: 50, size: 140, seconds: 40 },
  { label: "SQL Injection", rows: 87, port: 80, fwd: 4, back: 4, size: 200, seconds: 4 },
];

/** xorshift128 (Marsaglia 2003): uniform 32-bit integers. */
function generator(seed) {
  let [x, y, z, w] = [seed | 1, 362436069, 521288629, 88675123];
  const next = () => {
    const t = x ^ (x << 11);
    [x, y, z] = [y, z, w];
    w = w ^ (w >>> 19) ^ t ^ (t >>> 8);
    return w >>> 0;
  };
  for (let i = 0; i < 20; i++) next();
  return next;
}

/** How many of `rows` each class gets: the published ratios, what is left over to the largest remainders. */
function shares(rows) {
  const total = classes.reduce((sum, { rows: count }) => sum + count, 0);
  const exact = classes.map(({ rows: count }) => (rows * count) / total);
  const counts = exact.map(Math.floor);
  const order = exact.map((_, i) => i).sort((a, b) => (exact[b] % 1) - (exact[a] % 1) || a - b);
  for (let left = rows - counts.reduce((a, b) => a + b, 0), i = 0; left > 0; left--, i++) counts[order[i]]++;
  return counts;
}

/** Text written as bytes: a string for each of 80 million numbers would take most of the time. */
class Writer {
  bytes = Buffer.alloc(FLUSH + (1 << 16));
  at = 0;

  /** Texts, each with what separates it from the next. */
  text(text) {
    this.at += this.bytes.latin1Write(text, this.at);
  }

  /** Whole numbers of up to 15 digits, each with a comma behind it. */
  ints(...values) {
    for (const value of values) this.int(value);
  }

  int(value) {
    this.digits(value);
    this.bytes[this.at++] = 44;
  }

  digits(value) {
    const { bytes } = this;
    if (value < 10 && value >= 0) {
      bytes[this.at++] = 48 + value;
      return;
    }
    if (value < 0) {
      bytes[this.at++] = 45;
      this.digits(-value);
      return;
    }
    if (value >= 1e9) {
      const high = Math.floor(value / 1e9);
      this.digits(high);
      this.padded((value - high * 1e9) | 0, 9);
      return;
    }
    let places = 1;
    for (let power = 10; power <= value; power *= 10) places++;
    this.padded(value | 0, places);
  }

  padded(value, places) {
    const { bytes } = this;
    let rest = value;
    for (let at = this.at + places - 1; at >= this.at; at--) {
      const next = (rest / 10) | 0;
      bytes[at] = 48 + (rest - next * 10);
      rest = next;
    }
    this.at += places;
  }

  /** Ten decimals, as these columns have them; whole numbers without. A comma behind. */
  decimal(value) {
    const whole = Math.floor(value);
    this.digits(whole);
    const rest = Math.floor((value - whole) * 1e10);
    if (rest > 0) {
      this.bytes[this.at++] = 46;
      this.padded((rest / 1e5) | 0, 5);
      this.padded((rest % 1e5) | 0, 5);
    }
    this.bytes[this.at++] = 44;
  }

  decimals(...values) {
    for (const value of values) this.decimal(value);
  }
}

/** Addresses and ports of a flow, as `hostColumns`; drawn apart, so that the other columns are those without hosts. */
function hosts(seed, out) {
  const next = generator(seed + 2);
  return () => {
    const client = next() % 5000;
    const server = Math.floor(500 * (next() / 4294967296) ** 3);
    const source = `172.31.${client >> 8}.${client & 255}`;
    const port = 1024 + (next() % 64_000);
    const target = `18.218.${server >> 8}.${server & 255}`;
    out.text(`${source}-${target}-${port},${source},${port},${target},`);
  };
}

/** A source of rows: each call writes one. */
function flows(rows, seed, out, withHosts) {
  const endpoints = withHosts ? hosts(seed, out) : () => {};
  const next = generator(seed);
  const left = shares(rows);
  let remaining = rows;
  let second = 0;
  const uniform = () => next() / 4294967296;
  /** About exponential with the given mean, at least 0. */
  const about = (mean) => Math.floor(-Math.log((next() + 1) / 4294967297) * mean);
  const flag = () => (next() % 4 === 0 ? 1 : 0);
  const draw = () => {
    let at = Math.floor(uniform() * remaining--);
    let kind = 0;
    while (at >= left[kind]) at -= left[kind++];
    left[kind]--;
    return classes[kind];
  };
  const two = (value) => (value < 10 ? `0${value}` : `${value}`);
  const timestamp = () => {
    if (next() % 40 === 0) second++;
    const day = 14 + (Math.floor(second / 36_000) % 15);
    const hour = 8 + (Math.floor(second / 3600) % 10);
    return `${two(day)}/02/2018 ${two(hour)}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)},`;
  };
  /** Mean, deviation, most and least of `count` waits within `us`, before them the total where a column has it. */
  const waits = (us, count, total) => {
    if (count < 1) return out.text(total ? "0,0,0,0,0," : "0,0,0,0,");
    if (total) out.int(us);
    const mean = us / count;
    out.decimals(mean, count === 1 ? 0 : mean * uniform());
    out.ints(Math.min(us, Math.floor(mean * (1 + 2 * uniform()))), Math.floor(mean * uniform() * 0.2));
  };
  const lengths = (mean) => {
    out.ints(Math.ceil(mean * 1.7), Math.floor(mean * uniform() * 0.9));
    out.decimals(mean, mean * uniform());
  };
  const rate = (count, us) => {
    if (us > 0) out.decimal((count * 1e6) / us);
    else out.text(count === 0 ? "NaN," : "Infinity,");
  };
  const pause = (us) => {
    if (us === 0) return out.text("0,0,0,0,");
    out.decimals(us * 0.9371, us * 0.2113);
    out.ints(us, us >> 1);
  };
  return () => {
    const { label, port, fwd, back, size, seconds } = draw();
    const udp = label === "Benign" && next() % 5 === 0;
    const sent = 2 + about(fwd);
    const got = (udp ? 1 : 2) + about(back);
    const us = next() % 250 === 0 ? 0 : 1 + about(seconds * 1e6);
    const sentBytes = sent * about(size / 4) + (next() % 7);
    const gotBytes = got * about(size) + (next() % 11);
    const packets = sent + got;
    const bytes = sentBytes + gotBytes;
    const [sentMean, gotMean] = [sentBytes / sent, gotBytes / got];
    const most = Math.ceil(Math.max(sentMean, gotMean) * (1 + uniform()));
    const spread = most * uniform() * 0.5;
    const bulk = next() % 8 > 0;
    endpoints();
    out.ints(next() % 5 === 0 ? next() % 65536 : udp ? 53 : port, udp ? 17 : 6);
    out.text(timestamp());
    out.ints(us, sent, got, sentBytes, gotBytes);
    lengths(sentMean);
    lengths(gotMean);
    rate(bytes, us);
    rate(packets, us);
    waits(us, packets - 1, false);
    waits(us, sent - 1, true);
    waits(us, got - 1, true);
    out.ints(flag(), 0, 0, 0, sent * 20, got * 20);
    out.decimals(us === 0 ? 0 : (sent * 1e6) / us, us === 0 ? 0 : (got * 1e6) / us);
    out.ints(0, most);
    out.decimals(bytes / (packets + 1), spread, spread * spread);
    out.ints(flag(), flag(), flag(), flag(), flag(), flag(), 0, 0, Math.floor(got / sent));
    out.decimals(bytes / packets, sentMean, gotMean);
    if (bulk) out.ints(about(sentBytes), sent, about(1e6), about(gotBytes), got, about(1e6));
    else out.text("0,0,0,0,0,0,");
    out.ints(sent, sentBytes, got, gotBytes);
    out.ints(udp ? -1 : next() % 65536, udp ? -1 : next() % 65536, sent >> 1, udp ? 8 : 20);
    pause(us === 0 ? 0 : about(4_000_000));
    pause(Math.floor(us * (0.5 + 0.4 * uniform())));
    out.text(`${label}\n`);
  };
}

/**
 * Write the set; returns the paths and the bytes written. `again`: whether the header comes again inside; `withHosts`:
 * whether flows have addresses.
 */
export function writeCsvSet(folder, rows, seed = 2018, { again = true, withHosts = false } = {}) {
  mkdirSync(folder, { recursive: true });
  const out = new Writer();
  const flow = flows(rows, seed, out, withHosts);
  const names = withHosts ? hostColumns + header : header;
  const chance = generator(seed + 1);
  const files = [];
  let bytes = 0;
  for (let start = 0; start < rows; start += ROWS_A_FILE) {
    const count = Math.min(ROWS_A_FILE, rows - start);
    const path = join(folder, `flows-${String(files.length + 1).padStart(2, "0")}.csv`);
    const file = openSync(path, "w");
    out.text(`${names}\n`);
    const middle = Math.floor(count / 3);
    for (let row = 0; row < count; row++) {
      const here = (row === middle && row > 0) || chance() % 300_000 === 0;
      if (again && here) out.text(`${names}\n`);
      flow();
      if (out.at > FLUSH || row === count - 1) {
        bytes += writeSync(file, out.bytes, 0, out.at);
        out.at = 0;
      }
    }
    closeSync(file);
    files.push(path);
  }
  return { files, bytes };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { seed: { type: "string", default: "2018" }, hosts: { type: "boolean" } },
  });
  const rows = Number(positionals[1]);
  if (positionals.length !== 2 || !Number.isSafeInteger(rows) || rows < 1) {
    console.error("usage: node bench/csvSet.mjs FOLDER ROWS [--seed N] [--hosts]");
    process.exit(2);
  }
  const start = performance.now();
  const { files, bytes } = writeCsvSet(positionals[0], rows, Number(values.seed), {
    withHosts: values.hosts,
  });
  const seconds = (performance.now() - start) / 1000;
  console.log(
    `${rows} rows, ${files.length} files, ${(bytes / 1e6).toFixed(0)} MB, ${(bytes / 1e6 / seconds).toFixed(0)} MB/s`,
  );
}
