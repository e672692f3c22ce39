import { attackFlags } from "#lib/dataset/target.js";
import { encode } from "#lib/features/encode.js";
import type { Matrix } from "#lib/table/matrix.js";
import { testbed } from "./testbedData.js";

const logged = [
  "duration_s",
  "orig_bytes",
  "resp_bytes",
  "orig_pkts",
  "orig_ip_bytes",
  "resp_pkts",
  "resp_ip_bytes",
];
const coded = ["proto", "service", "conn_state"];

/** The testbed as the published clusterings saw it. */
export interface ClusterRows {
  /** 29,339 × 33. */
  readonly X: Matrix;
  readonly attack: Uint8Array;
  /** Code of the family of each row. */
  readonly family: Int32Array;
}

/**
 * 33 columns: log1p of seven numbers (unset is 0) and one-hot of three categories, all z-scored on all rows, one-hot columns
 * too.
 */
export async function clusterData(): Promise<ClusterRows> {
  const { flows, features, columns } = await testbed({ derived: [], context: null });
  const attack = attackFlags(flows);
  const family = Int32Array.from(flows.text("family").codes);
  const used = columns.filter(({ name }) => [...logged, ...coded].includes(name));
  const levels = Object.fromEntries(
    coded.map((name) => [name, [...new Set(flows.strings(name).map((each) => each ?? "-"))].sort()]),
  );
  const raw = encode(features, used, levels);
  const all = used.flatMap(({ name }, j): Float64Array[] => {
    const values = Float64Array.from({ length: raw.rows }, (_, i) => raw.data[i * raw.columns + j]);
    if (logged.includes(name)) return [values.map((v) => Math.log1p(Number.isNaN(v) ? 0 : v))];
    return levels[name].map((level, code) =>
      values.map((v) => Number(v === code || (level === "-" && Number.isNaN(v)))),
    );
  });
  const X: Matrix = { rows: raw.rows, columns: all.length, data: new Float32Array(raw.rows * all.length) };
  all.forEach((values, j) => {
    const mean = values.reduce((a, b) => a + b, 0) / X.rows;
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / X.rows;
    values.forEach((value, i) => {
      X.data[i * X.columns + j] = (value - mean) / (variance === 0 ? 1 : Math.sqrt(variance));
    });
  });
  return { X, attack, family };
}
