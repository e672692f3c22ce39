import type { Member } from "../trees/team.js";
import { BEST, type BoosterTask, GROW, memberOf, PLAN, phase, VALUES } from "./boosterTask.js";
import { HALF, hashRow, lower, upper } from "./packing.js";

/** One member's work in a boosting run: its rows in the phases over rows, its columns in the search for splits. */
export function boosterMember(task: BoosterTask, member: number): Member<null> {
  const worker = new BoosterMember(task, member);
  return { run: (step) => worker.run(step), result: () => null };
}

class BoosterMember {
  private readonly own: Int32Array;
  /** Where the rows of a node begin and end in `order`; this member's rows only. */
  private readonly begin: Int32Array;
  private readonly end: Int32Array;
  private readonly firstColumn: number;
  private readonly endColumn: number;
  private readonly bins: number;
  private readonly totals: Float64Array;

  constructor(
    private readonly task: BoosterTask,
    private readonly member: number,
  ) {
    const { binned, members, offset, settings, totalsStride } = task;
    const own: number[] = [];
    let before = 0;
    for (let i = 0; i < binned.rows; i++) {
      const owner = memberOf(i, members);
      if (owner === member) own.push(i);
      else if (owner < member) before++;
    }
    this.own = Int32Array.from(own);
    this.begin = new Int32Array(2 ** (settings.depth + 1));
    this.end = new Int32Array(2 ** (settings.depth + 1));
    this.begin[0] = before;
    this.end[0] = before + own.length;
    this.bins = offset[binned.columns];
    this.firstColumn = columnAt(offset, (this.bins * member) / members);
    this.endColumn =
      member === members - 1 ? binned.columns : columnAt(offset, (this.bins * (member + 1)) / members);
    this.totals = task.totals.subarray(member * totalsStride, (member + 1) * totalsStride);
  }

  run(step: number): void {
    if (step === phase.gradients) this.gradients();
    else if (step === phase.root) this.root();
    else if (step === phase.search) this.search();
    else if (step === phase.grow) this.grow();
    else if (step === phase.leafSums) this.leafSums();
    else this.update();
  }

  /** Gradients and hessians of the logistic or softmax loss; sums of the loss, of |g| and of h, in fixed point. */
  private gradients(): void {
    const { task, totals } = this;
    const k = task.settings.outputs;
    const fixed = task.planValues[2];
    totals.fill(0);
    const p = new Float64Array(Math.max(2, k));
    for (const row of this.own) {
      const y = task.y[row];
      const weight = task.classWeights[y];
      probabilities(task.margins, row, k, p);
      totals[0] -= Math.round(weight * Math.log(Math.max(p[y], 1e-15)) * fixed);
      for (let c = 0; c < k; c++) {
        // With one output p[1] is the modelled class; with k outputs each class has its own.
        const q = k === 1 ? p[1] : p[c];
        const target = y === (k === 1 ? 1 : c) ? 1 : 0;
        const g = weight * (q - target);
        const h = weight * Math.max((k === 1 ? 1 : 2) * q * (1 - q), 1e-16);
        task.gradients[c * task.binned.rows + row] = g;
        task.hessians[c * task.binned.rows + row] = h;
        totals[1 + 2 * c] += Math.round(Math.abs(g) * fixed);
        totals[2 + 2 * c] += Math.round(h * fixed);
      }
    }
  }

  /** Round the gradients of one output to packed integers, put all rows into node 0 and add up its histogram. */
  private root(): void {
    const { binned, gradients, hessians, order, packed, plan, planValues } = this.task;
    const at = plan[0] * binned.rows;
    const gScale = planValues[0];
    const hScale = planValues[1];
    const seed = plan[4];
    order.set(this.own, this.begin[0]);
    let sum = 0;
    for (const row of this.own) {
      // Rounded up or down by chance: rounding to the nearest would shift many equal small gradients the same way.
      const dither = hashRow(row, seed);
      const g = Math.floor(gradients[at + row] * gScale + (dither >>> 16) / 65536);
      const h = Math.floor(hessians[at + row] * hScale + (dither & 65535) / 65536);
      packed[row] = this.isSampled(row) ? g * HALF + h : 0;
      sum += packed[row];
    }
    this.totals[0] = sum;
    this.addUp(0, 0);
  }

  private isSampled(row: number): boolean {
    const { settings, plan } = this.task;
    return settings.subsample === 1 || hashRow(row, ~plan[4]) / 4294967296 < settings.subsample;
  }

  /** This member's part of a node's histogram, into its partial `item`. */
  private addUp(node: number, item: number): void {
    const { entries, order, packed, partial, starts } = this.task;
    const histogram = this.partialOf(partial, this.member, item).fill(0);
    const end = this.end[node];
    for (let i = this.begin[node]; i < end; i++) {
      const row = order[i];
      const value = packed[row];
      const stop = starts[row + 1];
      for (let e = starts[row]; e < stop; e++) histogram[entries[e]] += value;
    }
  }

  private partialOf(partial: Float64Array, member: number, item: number): Float64Array {
    const items = partial.length / this.bins / this.task.members;
    const at = (member * items + item) * this.bins;
    return partial.subarray(at, at + this.bins);
  }

  /** Divide this member's rows of each splitting node; add up the histogram of the child with the smaller hessian. */
  private grow(): void {
    const { plan } = this.task;
    for (let item = 0, at = PLAN; item < plan[1]; item++, at += GROW) {
      this.divide(at);
      if (plan[3] === 1) this.addUp(plan[at + 6] === 1 ? plan[at + 4] : plan[at + 5], item);
    }
  }

  private divide(at: number): void {
    const { binned, order, plan, spare } = this.task;
    const node = plan[at];
    const bin = plan[at + 2];
    const offset = plan[at + 1] * binned.rows;
    const leftMissing = plan[at + 3] === 1 ? binned.bins[plan[at + 1]] : -1;
    const begin = this.begin[node];
    const end = this.end[node];
    let l = begin;
    let r = begin;
    for (let i = begin; i < end; i++) {
      const row = order[i];
      const code = binned.codes[offset + row];
      // Written to both sides and counted on one: no branch to guess wrong.
      const goesLeft = +(code <= bin) | +(code === leftMissing);
      order[l] = row;
      spare[r] = row;
      l += goesLeft;
      r += 1 - goesLeft;
    }
    order.set(spare.subarray(begin, r), l);
    this.begin[plan[at + 4]] = begin;
    this.end[plan[at + 4]] = l;
    this.begin[plan[at + 5]] = l;
    this.end[plan[at + 5]] = end;
  }

  /** On this member's columns: put the histograms together and find the best split of each node. */
  private search(): void {
    const { plan, planValues } = this.task;
    if (plan[2] === 1) {
      this.gather(0, 0, planValues[VALUES]);
      this.findBest(0, 0, planValues[VALUES]);
      return;
    }
    for (let item = 0, at = PLAN; item < plan[1]; item++, at += GROW) {
      const leftTotal = planValues[VALUES + 2 * item];
      const rightTotal = planValues[VALUES + 2 * item + 1];
      const leftIsSmall = plan[at + 6] === 1;
      const slot = plan[at + 7];
      const newSlot = plan[at + 8];
      this.gather(item, newSlot, leftIsSmall ? leftTotal : rightTotal);
      this.subtract(slot, newSlot);
      this.findBest(leftIsSmall ? newSlot : slot, 2 * item, leftTotal);
      this.findBest(leftIsSmall ? slot : newSlot, 2 * item + 1, rightTotal);
    }
  }

  /** Sum the members' partial histograms; the bins that `entries` leaves out hold the rest of the node's total. */
  private gather(item: number, slot: number, total: number): void {
    const { common, members, offset, partial, slots } = this.task;
    const from = offset[this.firstColumn];
    const to = offset[this.endColumn];
    const base = slot * this.bins;
    for (let m = 0; m < members; m++) {
      const part = this.partialOf(partial, m, item);
      if (m === 0) slots.set(part.subarray(from, to), base + from);
      else for (let b = from; b < to; b++) slots[base + b] += part[b];
    }
    for (let f = this.firstColumn; f < this.endColumn; f++) {
      let rest = total;
      for (let b = offset[f]; b < offset[f + 1]; b++) rest -= slots[base + b];
      slots[base + common[f]] = rest;
    }
  }

  private subtract(slot: number, child: number): void {
    const { offset, slots } = this.task;
    const to = slot * this.bins + offset[this.endColumn];
    const shift = (child - slot) * this.bins;
    for (let b = slot * this.bins + offset[this.firstColumn]; b < to; b++) slots[b] -= slots[b + shift];
  }

  private findBest(slot: number, candidate: number, total: number): void {
    const { allowed, best, binned, offset, slots } = this.task;
    const out = (this.member * (this.task.slots.length / this.bins) + candidate) * BEST;
    best[out] = Number.NEGATIVE_INFINITY;
    for (let f = this.firstColumn; f < this.endColumn; f++) {
      if (allowed[f] === 0) continue;
      const base = slot * this.bins + offset[f];
      const missing = binned.missing[f] === 1 ? slots[base + binned.bins[f]] : 0;
      this.scan(f, base, total, missing, false, out);
      if (missing !== 0) this.scan(f, base, total, missing, true, out);
    }
  }

  /** Try every border of a column. Gain: G²/(H + l2) of both sides less that of the node. */
  private scan(
    f: number,
    base: number,
    total: number,
    missing: number,
    missingLeft: boolean,
    out: number,
  ): void {
    const { best, binned, planValues, settings, slots } = this.task;
    const { l2, minChildWeight } = settings;
    const gUnit = 1 / planValues[0];
    const hUnit = 1 / planValues[1];
    const nodeG = upper(total) * gUnit;
    const nodeH = lower(total) * hUnit;
    const nodeScore = (nodeG * nodeG) / (nodeH + l2);
    // The border after the last value parts values from missing ones: only when missing ones are on the other side.
    const last = binned.bins[f] - (missing !== 0 && !missingLeft ? 1 : 2);
    let left = missingLeft ? missing : 0;
    for (let b = 0; b <= last; b++) {
      const value = slots[base + b];
      if (value === 0) continue;
      left += value;
      const g = upper(left);
      const leftG = g * gUnit;
      const leftH = (left - g * HALF) * hUnit;
      const rightG = nodeG - leftG;
      const rightH = nodeH - leftH;
      if (leftH < minChildWeight || rightH < minChildWeight) continue;
      const gain = (leftG * leftG) / (leftH + l2) + (rightG * rightG) / (rightH + l2) - nodeScore;
      if (gain > best[out]) {
        best[out] = gain;
        best[out + 1] = f;
        best[out + 2] = b;
        // Where training met no missing value here, a later one goes with the heavier part.
        best[out + 3] = (missing === 0 ? leftH > rightH : missingLeft) ? 1 : 0;
        best[out + 4] = left;
      }
    }
  }

  /** Sums of the unrounded gradients and hessians of each leaf, in fixed point. */
  private leafSums(): void {
    const { binned, gradients, hessians, order, plan, planValues } = this.task;
    const { totals } = this;
    const at = plan[0] * binned.rows;
    const fixed = planValues[2];
    for (let leaf = 0; leaf < plan[1]; leaf++) {
      const node = plan[PLAN + leaf];
      let g = 0;
      let h = 0;
      for (let i = this.begin[node]; i < this.end[node]; i++) {
        const row = order[i];
        if (!this.isSampled(row)) continue;
        g += Math.round(gradients[at + row] * fixed);
        h += Math.round(hessians[at + row] * fixed);
      }
      totals[2 * leaf] = g;
      totals[2 * leaf + 1] = h;
    }
  }

  /** Add the leaf values to the margins. */
  private update(): void {
    const { margins, order, plan, planValues, settings } = this.task;
    for (let leaf = 0; leaf < plan[1]; leaf++) {
      const node = plan[PLAN + leaf];
      const value = planValues[VALUES + leaf];
      for (let i = this.begin[node]; i < this.end[node]; i++) {
        margins[order[i] * settings.outputs + plan[0]] += value;
      }
    }
  }
}

/** First column whose bins begin at `bin` or later. */
function columnAt(offset: Int32Array, bin: number): number {
  let f = 0;
  while (offset[f] < bin) f++;
  return f;
}

/** Class probabilities of a row's margins: sigmoid for one output, softmax for more. Fills `p`. */
export function probabilities(margins: Float64Array, row: number, outputs: number, p: Float64Array): void {
  if (outputs === 1) {
    p[1] = 1 / (1 + Math.exp(-margins[row]));
    p[0] = 1 / (1 + Math.exp(margins[row]));
    return;
  }
  const at = row * outputs;
  let most = margins[at];
  for (let c = 1; c < outputs; c++) most = Math.max(most, margins[at + c]);
  let sum = 0;
  for (let c = 0; c < outputs; c++) {
    p[c] = Math.exp(margins[at + c] - most);
    sum += p[c];
  }
  for (let c = 0; c < outputs; c++) p[c] /= sum;
}
