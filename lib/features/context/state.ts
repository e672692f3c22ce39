import { contextColumnsOf, windowColumnsOf, windowsOf } from "./columns.js";
import { Damped } from "./damped.js";
import type { ContextFlows } from "./flows.js";
import { IdleKeys } from "./idleKeys.js";
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
  private readonly arrivals: { readonly pauses: LastValues; readonly bytes: LastValues } | undefined;
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
    );
    this.arrivals = groups.includes("arrivals")
      ? { pauses: new LastValues(), bytes: new LastValues() }
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
    const orig = origs.use(flows.orig[row], 0, 0, end);
    const resp = resps.use(flows.resp[row], 0, 0, end);
    const pair = pairs.use(flows.orig[row], flows.resp[row], flows.port[row], end);
    const bytes = flows.bytes[row];
    let at = first;
    if (arrivals !== undefined) {
      values[at++] = origs.pauseUs;
      values[at++] = pairs.pauseUs;
      for (const past of [arrivals.pauses, arrivals.bytes]) {
        const isPauses = past === arrivals.pauses;
        if (Number.isNaN(pairs.pauseUs)) past.startAnew(pair, pairs.capacity);
        // The pause before this flow is known when it ends; its bytes are no past.
        else if (isPauses) past.add(pair, pairs.pauseUs);
        past.read(pair);
        values[at++] = past.mean;
        values[at++] = past.cv;
        if (!isPauses) past.add(pair, bytes);
      }
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
}

/** Whether a flow has an end and both addresses. */
export function isPlaced(flows: ContextFlows, row: number): boolean {
  return flows.endUs[row] > -Infinity && flows.orig[row] >= 0 && flows.resp[row] >= 0;
}
