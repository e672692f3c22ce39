import { contextColumnsOf, kindsOf, windowColumnsOf, windowsOf } from "./columns.js";
import { Damped } from "./damped.js";
import type { ContextFlows } from "./flows.js";
import { IdleKeys } from "./idleKeys.js";
import { high, low } from "./keyTable.js";
import { LastValues } from "./lastValues.js";
import { type ContextParams, horizonUs } from "./params.js";
import { Recent } from "./recent.js";

/**
 * The context of flows of one source, one flow after the other: the only code that computes it, in a batch and in a
 * stream. Flows come in the order of their ends, as a sensor reports them; of equal ends in the order of their rows. A
 * flow's values come from flows that came before it; its own end only says how long ago they were.
 *
 * Constant time a flow on average. Memory: flows of the longest window, and hosts and pairs heard of within `horizonUs`.
 */
export class ContextState {
  /** Number of values a flow. */
  readonly width: number;
  private readonly values: Float32Array;
  private readonly recent: Recent;
  private readonly perWindow: ReturnType<typeof windowColumnsOf>;
  private readonly arrivals: Record<"orig" | "resp" | "pair" | "bytes", LastValues> | undefined;
  private readonly damped: Record<"orig" | "resp" | "pair" | "pause", Damped> | undefined;
  private readonly origs: IdleKeys;
  private readonly resps: IdleKeys;
  private readonly pairs: IdleKeys;
  private lastUs = -Infinity;

  constructor(params: ContextParams) {
    const { groups, lambda } = params;
    this.width = contextColumnsOf(params).length;
    this.values = new Float32Array(this.width);
    this.perWindow = windowColumnsOf(params);
    this.recent = new Recent(
      this.perWindow.length === 0 ? [] : windowsOf(params).map(({ window }) => window),
      kindsOf(params),
    );
    this.arrivals = groups.includes("arrivals")
      ? { orig: new LastValues(), resp: new LastValues(), pair: new LastValues(), bytes: new LastValues() }
      : undefined;
    const damped = (): Damped => new Damped(lambda);
    this.damped = groups.includes("damped")
      ? { orig: damped(), resp: damped(), pair: damped(), pause: damped() }
      : undefined;
    const horizon = horizonUs(params);
    this.origs = new IdleKeys(horizon);
    this.resps = new IdleKeys(horizon);
    this.pairs = new IdleKeys(horizon);
  }

  /** Keys that are remembered. */
  get size(): number {
    return this.recent.size + this.origs.size + this.resps.size + this.pairs.size;
  }

  /**
   * Take the next flow in.
   * @returns its context, in the order of `contextColumnsOf`; NaN is missing. The array is written anew by every call.
   *   A flow without an end or an address has no context and becomes no part of another's.
   * @throws RangeError when it ended before the flow that came before it
   */
  push(flows: ContextFlows, row: number): Float32Array {
    const { values } = this;
    if (!isPlaced(flows, row)) return values.fill(Number.NaN);
    const end = flows.endUs[row];
    if (end < this.lastUs) {
      throw new RangeError(
        `context: a flow that ended at ${end} us came after one that ended at ${this.lastUs} us. Give flows in the order of their ends.`,
      );
    }
    this.lastUs = end;
    let at = 0;
    if (this.perWindow.length > 0) {
      this.recent.push(flows, row);
      for (const view of this.recent.views) for (const { of } of this.perWindow) values[at++] = of(view);
    }
    if (this.arrivals !== undefined || this.damped !== undefined) this.remember(flows, row, end, at);
    return values;
  }

  private remember(flows: ContextFlows, row: number, end: number, first: number): void {
    const { arrivals, damped, origs, resps, pairs, values } = this;
    const orig = origs.use(high(flows.orig[row]), low(flows.orig[row]), 0, 0, end);
    const resp = resps.use(high(flows.resp[row]), low(flows.resp[row]), 0, 0, end);
    // By the hosts' slots: a pair is forgotten no later than its hosts are, and slots are given anew.
    const pair = pairs.use(orig, resp, high(flows.port[row]), low(flows.port[row]), end);
    const bytes = flows.bytes[row];
    let at = first;
    if (arrivals !== undefined) {
      at = this.pauses(arrivals.orig, orig, origs, at);
      at = this.pauses(arrivals.resp, resp, resps, at);
      at = this.pauses(arrivals.pair, pair, pairs, at);
      // A flow's own bytes are no part of its past.
      if (Number.isNaN(pairs.pauseUs)) arrivals.bytes.startAnew(pair, pairs.capacity);
      arrivals.bytes.read(pair);
      arrivals.bytes.add(pair, bytes);
      values[at++] = arrivals.bytes.mean;
      values[at++] = arrivals.bytes.cv;
    }
    if (damped === undefined) return;
    damped.orig.add(orig, origs.pauseUs, bytes, origs.capacity);
    damped.resp.add(resp, resps.pauseUs, bytes, resps.capacity);
    damped.pair.add(pair, pairs.pauseUs, bytes, pairs.capacity);
    damped.pause.add(pair, pairs.pauseUs, pairs.pauseUs, pairs.capacity);
    for (let l = 0; l < damped.orig.weight.length; l++) {
      for (const { weight, mean, sd } of [damped.orig, damped.resp, damped.pair]) {
        values[at++] = weight[l];
        values[at++] = mean[l];
        values[at++] = sd[l];
      }
      values[at++] = damped.pause.mean[l];
      values[at++] = damped.pause.sd[l];
    }
  }

  /** The pause before the present flow, known when it ends, and the mean and spread of the last ones with it. */
  private pauses(past: LastValues, slot: number, keys: IdleKeys, at: number): number {
    const { pauseUs } = keys;
    if (Number.isNaN(pauseUs)) past.startAnew(slot, keys.capacity);
    else past.add(slot, pauseUs);
    past.read(slot);
    this.values[at] = pauseUs;
    this.values[at + 1] = past.mean;
    this.values[at + 2] = past.cv;
    return at + 3;
  }
}

/** Whether a flow has an end and both addresses. */
export function isPlaced(flows: ContextFlows, row: number): boolean {
  return flows.endUs[row] > -Infinity && flows.orig[row] >= 0 && flows.resp[row] >= 0;
}
