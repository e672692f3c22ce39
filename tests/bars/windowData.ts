import { restrictTarget, targetOf } from "#lib/dataset/target.js";
import type { FeatureColumn } from "#lib/features/schema.js";
import { type FittedView, windowedView } from "#lib/features/view.js";
import { type Windows, windowsOf } from "#lib/features/windows/build.js";
import { gatherWindows } from "#lib/features/windows/matrix.js";
import type { LabelledRows } from "#lib/models/train.js";
import type { Matrix } from "#lib/table/matrix.js";
import type { Table } from "#lib/table/table.js";
import { testbed } from "./testbedData.js";

/** Rows of a window. */
const LENGTH = 16;

const numerics = [
  ...["duration_s", "orig_bytes", "resp_bytes", "orig_pkts", "orig_ip_bytes", "resp_pkts", "resp_ip_bytes"],
];
const protocols = ["tcp", "udp", "icmp"];
const states = [
  ["SF"],
  ["S0"],
  ["REJ"],
  ["RSTO", "RSTR", "RSTOS0", "RSTRH"],
  ["S1", "S2", "S3", "SH", "SHR"],
  ["OTH"],
];
/** Milliseconds since the originator's last flow where there is none. */
const NEVER = 400_000;

/** Windows of the testbed, divided as in section 4 of the reference results. */
export interface WindowParts {
  readonly view: FittedView;
  readonly classes: readonly string[];
  readonly train: LabelledRows;
  readonly validation: LabelledRows;
  readonly test: LabelledRows;
}

/**
 * The 25 columns of section 4 and its windows by start; trained at the places of `from`, of each of which the last 15% of
 * the flows are for validation, and tested at those of `to`.
 * @param from site and day, as "a1"
 */
export async function windowParts(from: readonly string[], to: readonly string[]): Promise<WindowParts> {
  const { flows } = await testbed();
  const windows = windowsOf(flows.select(flows.names.filter((name) => name !== "duration_s")), {
    length: LENGTH,
  });
  const days = flows.strings("day");
  const places = flows.strings("site").map((site, row) => `${site}${days[row]}`);
  const start = flows.numbers("start_us");
  const rowsAt = (wanted: string): Int32Array =>
    Int32Array.from(places.keys())
      .filter((row) => places[row] === wanted)
      .sort((a, b) => start[a] - start[b] || a - b);
  const parted = from.map((place) => {
    const rows = rowsAt(place);
    const last = Math.floor(rows.length * 0.85);
    return { train: rows.subarray(0, last), validation: rows.subarray(last) };
  });
  const joined = (parts: readonly Int32Array[]): Int32Array =>
    Int32Array.from(parts.flatMap((rows) => [...rows]));
  const trainRows = joined(parted.map(({ train }) => train));
  const { classes, codes } = restrictTarget(targetOf(flows, "binary"), trainRows);
  const X = standardised(columnsOf(flows, windows), trainRows);
  const labelled = (rows: Int32Array): LabelledRows => ({
    X: gatherWindows(X, windows, rows),
    y: Int32Array.from(rows, (row) => codes[row]),
  });
  const columns = Array.from(
    { length: X.columns },
    (_, j): FeatureColumn => ({
      name: `x${j}`,
      type: "float32",
      unit: null,
      profile: "realistic",
      origin: "raw",
    }),
  );
  const row: FittedView = { name: "windows", columns, levels: {}, steps: [] };
  return {
    view: windowedView(row, { length: LENGTH, as: "rows" }, "missing"),
    classes,
    train: labelled(trainRows),
    validation: labelled(joined(parted.map(({ validation }) => validation))),
    test: labelled(joined(to.map(rowsAt))),
  };
}

function columnsOf(flows: Table, windows: Windows): Matrix {
  const numbers = numerics.map((name) => flows.numbers(name));
  const [proto, state, service] = ["proto", "conn_state", "service"].map((name) => flows.strings(name));
  const [responder, port] = [flows.text("resp_addr").codes, flows.numbers("resp_port")];
  const start = flows.numbers("start_us");
  const is = (yes: boolean): number => (yes ? 1 : 0);
  const rows = Array.from({ length: flows.rows }, (_, row) => {
    const before = windows.rows[(row + 1) * windows.length - 2];
    const kind = serviceKind(service[row]);
    return [
      ...numbers.map((values) => Math.log1p(values[row] > 0 ? values[row] : 0)),
      ...protocols.map((name) => is(proto[row] === name)),
      ...states.map((names) => is(names.includes(state[row] ?? ""))),
      ...["none", "dns", "http", "ssl", "ssh", "other"].map((name) => is(kind === name)),
      Math.log1p(before < 0 ? NEVER : (start[row] - start[before]) / 1000),
      is(before >= 0 && responder[before] === responder[row]),
      is(before >= 0 && port[before] === port[row]),
    ];
  });
  return { rows: flows.rows, columns: rows[0].length, data: Float32Array.from(rows.flat()) };
}

function serviceKind(service: string | null): string {
  if (service === null) return "none";
  if (service.includes("ssl")) return "ssl";
  return ["dns", "http", "ssh"].includes(service) ? service : "other";
}

/** z-scores by the training rows, cut at ±10; a constant column has sd 1. */
function standardised({ rows, columns, data }: Matrix, train: Int32Array): Matrix {
  const out = new Float32Array(data.length);
  for (let j = 0; j < columns; j++) {
    const own = Float64Array.from(train, (row) => data[row * columns + j]);
    const mean = own.reduce((sum, x) => sum + x, 0) / own.length;
    const sd = Math.sqrt(own.reduce((sum, x) => sum + (x - mean) ** 2, 0) / own.length) || 1;
    for (let at = j; at < data.length; at += columns)
      out[at] = Math.max(-10, Math.min(10, (data[at] - mean) / sd));
  }
  return { rows, columns, data: out };
}
