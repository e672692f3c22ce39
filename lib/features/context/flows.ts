import type { Table } from "../../table/table.js";
import { textNumber } from "./textNumber.js";

/** How a connection attempt went. */
export const outcome = { fine: 0, unanswered: 1, rejected: 2 } as const;

/**
 * What context needs of flows, as numbers: n values each. Hosts, ports and services stand as numbers that are the same in
 * every batch (`textNumber`), and none of them becomes a feature.
 */
export interface ContextFlows {
  /** Start plus duration, microseconds; NaN where the start is missing. */
  readonly endUs: Float64Array;
  /** The addresses; -1 is missing. */
  readonly orig: Float64Array;
  readonly resp: Float64Array;
  /** The originator's port, -1 where it is missing. */
  readonly origPort: ArrayLike<number>;
  /** Protocol and responder's port together: what KDD'99 calls a service. */
  readonly port: Float64Array;
  /** The application protocol, -1 where none was seen. */
  readonly service: Float64Array;
  /** See `outcome`. */
  readonly outcome: ArrayLike<number>;
  /** Payload bytes of both sides, whole numbers up to 2^40. */
  readonly bytes: Float64Array;
}

/** Without these there is no context. */
const needed = ["start_us", "orig_addr", "resp_addr"];

export function hasContext(flows: Table): boolean {
  return needed.every((name) => flows.has(name));
}

/** conn_state of attempts that nobody answered to the end, and of those that were refused or reset by the responder. */
const unanswered = new Set(["S0", "SH", "SHR", "RSTOS0"]);
const rejected = new Set(["REJ", "RSTR", "RSTRH"]);
const MOST_BYTES = 2 ** 40;

/** The columns of flows.parquet as context needs them. */
export function contextFlows(flows: Table): ContextFlows {
  const start = flows.numbers("start_us");
  const duration = optional(flows, "duration_s");
  const respPort = optional(flows, "resp_port");
  const origPort = optional(flows, "orig_port");
  const fromOrig = optional(flows, "orig_bytes");
  const fromResp = optional(flows, "resp_bytes");
  const port = textNumbers(flows, "proto");
  const endUs = new Float64Array(flows.rows);
  const bytes = new Float64Array(flows.rows);
  for (let i = 0; i < flows.rows; i++) {
    // Zeek leaves the duration of a single packet unset.
    endUs[i] = start[i] + Math.round(1e6 * orZero(duration?.[i]));
    port[i] = 65537 * (port[i] % 2 ** 32) + orZero(respPort?.[i], -1);
    bytes[i] = Math.min(MOST_BYTES, Math.round(orZero(fromOrig?.[i]) + orZero(fromResp?.[i])));
  }
  return {
    endUs,
    orig: textNumbers(flows, "orig_addr"),
    resp: textNumbers(flows, "resp_addr"),
    origPort: Int32Array.from(start, (_, i) => origPort?.[i] ?? -1),
    port,
    service: textNumbers(flows, "service"),
    outcome: outcomes(flows),
    bytes,
  };
}

/** By conn_state; where that is missing, a flow without any packet or payload byte of the responder is unanswered. */
function outcomes(flows: Table): Uint8Array {
  const packets = optional(flows, "resp_pkts");
  const bytes = optional(flows, "resp_bytes");
  const silent = (row: number): boolean => (packets ?? bytes)?.[row] === 0;
  const state = flows.has("conn_state") ? flows.text("conn_state") : undefined;
  const known = state?.dictionary.map((text) =>
    unanswered.has(text) ? outcome.unanswered : rejected.has(text) ? outcome.rejected : outcome.fine,
  );
  return Uint8Array.from({ length: flows.rows }, (_, row) => {
    const code = state?.codes[row] ?? -1;
    if (code >= 0) return known?.[code] ?? outcome.fine;
    return silent(row) ? outcome.unanswered : outcome.fine;
  });
}

/** The number of each row's text, -1 where it is missing. */
function textNumbers(flows: Table, name: string): Float64Array {
  const numbers = new Float64Array(flows.rows).fill(-1);
  if (!flows.has(name)) return numbers;
  const { codes, dictionary } = flows.text(name);
  const known = dictionary.map(textNumber);
  for (let row = 0; row < numbers.length; row++) if (codes[row] >= 0) numbers[row] = known[codes[row]];
  return numbers;
}

function optional(flows: Table, name: string): Float32Array | Float64Array | undefined {
  return flows.has(name) ? flows.numbers(name) : undefined;
}

/** A usable number, or `otherwise`; durations and bytes are never negative. */
function orZero(value: number | undefined, otherwise = 0): number {
  return value !== undefined && value >= 0 && value < Infinity ? value : otherwise;
}
