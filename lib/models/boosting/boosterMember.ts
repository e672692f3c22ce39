import type { Member } from "../trees/team.js";
import { BEST, BLOCK, type BoosterTask, blocksOf, GROW, PLAN, phase, rowsIn, VALUES } from "./boosterTask.js";
import { logisticGradients, pack, softmaxGradients } from "./gradients.js";
import { boundedStep, HALF, lower, upper } from "./packing.js";

/** One member's work in a boosting run: its rows in the phases over rows, its columns in the search for splits. */
export function boosterMember(task: BoosterTask, member: number): Member<null> {
  const worker = new BoosterMember(task, member);
  return { run: (step) => worker.run(step), result: () => null };
}

class BoosterMember {
  /** First rows of this member's blocks. */
  private readonly blocks: Int32Array;
  /** Where the rows of a node begin and end in `order`; this member's rows only. */
  private readonly begin: Int32Array;
  private readonly end: Int32Array;
  private readonly firstColumn: number;
  private readonly endColumn: number;
  private readonly bins: number;
  private readonly columns: readonly Uint8Array[];
  private readonly totals: Float64Array;
  /** Side of each code at the node in work: 1 left, 0 right. */
  private readonly side = new Uint8Array(256);

  constructor(
    private readonly task: BoosterTask,
    private readonly member: number,
  ) {
    const { binned, members, offset, settings, totalsStride } = task;
    const { rows, columns, codes } = binned;
    const nodes = 2 ** (settings.depth + 1);
    this.blocks = blocksOf(member, members, rows);
    this.begin = new Int32Array(nodes);
    this.end = new Int32Array(nodes);
    for (let m = 0; m < member; m++) this.begin[0] += rowsIn(blocksOf(m, members, rows), rows);
    this.end[0] = this.begin[0] + rowsIn(this.blocks, rows);
    this.bins = offset[columns];
    this.firstColumn = columnAt(offset, (this.bins * member) / members);
    this.endColumn =
      member === members - 1 ? columns : columnAt(offset, (this.bins * (member + 1)) / members);
    this.columns = Array.from({ length: columns }, (_, f) => codes.subarray(f * rows, (f + 1) * rows));
    this.totals = task.totals.subarray(member * totalsStride, (member + 1) * totalsStride);
  }

  run(step: number): void {
    if (step === phase.gradients) this.gradients();
    else if (step === phase.root) this.root();
    else if (step === phase.search) this.search();
    else if (step === phase.grow) this.grow();
    else this.update();
  }

  /**
   * Gradients and hessians of the logistic or softmax loss, and their sums. Within a block sums are plain; a block
   * belongs to one member whatever their number, and the sums of blocks are added as integers (fixed point).
   */
  private gradients(): void {
    const { settings, binned, planValues } = this.task;
    const { totals } = this;
    totals.fill(0);
    const sums = new Float64Array(1 + 2 * settings.outputs);
    for (const first of this.blocks) {
      const last = Math.min(binned.rows, first + BLOCK);
      sums.fill(0);
      if (settings.outputs === 1) logisticGradients(this.task, first, last, sums);
      else softmaxGradients(this.task, first, last, sums);
      for (let j = 0; j < sums.length; j++) totals[j] += Math.round(sums[j] * planValues[2]);
    }
  }

  /** Round the gradients of one output to packed integers, put all rows into node 0 and add up its histogram. */
  private root(): void {
    const { binned, order, packed } = this.task;
    let at = this.begin[0];
    let sum = 0;
    for (const first of this.blocks) {
      const last = Math.min(binned.rows, first + BLOCK);
      pack(this.task, first, last);
      for (let row = first; row < last; row++) {
        order[at++] = row;
        sum += packed[row];
      }
    }
    this.totals[0] = sum;
    this.addUp(0, 0);
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
      let e = starts[row];
      for (; e + 3 < stop; e += 4) {
        histogram[entries[e]] += value;
        histogram[entries[e + 1]] += value;
        histogram[entries[e + 2]] += value;
        histogram[entries[e + 3]] += value;
      }
      for (; e < stop; e++) histogram[entries[e]] += value;
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
    const { binned, plan } = this.task;
    const [node, feature, bin, missingLeft, left, right] = plan.subarray(at, at + 6);
    this.side.fill(0).fill(1, 0, bin + 1);
    if (missingLeft === 1) this.side[binned.bins[feature]] = 1;
    const begin = this.begin[node];
    const end = this.end[node];
    const middle = divideRows(this.task.order, this.task.spare, begin, end, this.columns[feature], this.side);
    this.begin[left] = begin;
    this.end[left] = middle;
    this.begin[right] = middle;
    this.end[right] = end;
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
      if (this.task.monotone !== null) {
        const bounds = this.task.bounds.subarray(2 * candidate, 2 * candidate + 2);
        const direction = this.task.monotone[f];
        this.scanBounded(f, base, total, missing, false, out, direction, bounds);
        if (missing !== 0) this.scanBounded(f, base, total, missing, true, out, direction, bounds);
        continue;
      }
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

  /**
   * The same where monotone columns bound what leaves may say: the gain is that of leaf values within the bounds, and the
   * two sides of a monotone column must be in its order.
   * Source: XGBoost's monotone constraints (its documentation, "Monotonic Constraints").
   */
  private scanBounded(
    f: number,
    base: number,
    total: number,
    missing: number,
    missingLeft: boolean,
    out: number,
    direction: number,
    bounds: Float64Array,
  ): void {
    const { best, binned, planValues, settings, slots } = this.task;
    const { l2, minChildWeight } = settings;
    const [gScale, hScale] = planValues;
    const stepOf = (packed: number): number => boundedStep(packed, gScale, hScale, l2, bounds);
    const scoreOf = (packed: number, value: number): number => {
      const g = upper(packed) / gScale;
      const h = lower(packed) / hScale;
      return -(2 * g * value + (h + l2) * value * value);
    };
    const nodeScore = scoreOf(total, stepOf(total));
    const last = binned.bins[f] - (missing !== 0 && !missingLeft ? 1 : 2);
    let left = missingLeft ? missing : 0;
    for (let b = 0; b <= last; b++) {
      const value = slots[base + b];
      if (value === 0) continue;
      left += value;
      const right = total - left;
      const leftH = lower(left) / hScale;
      const rightH = lower(right) / hScale;
      if (leftH < minChildWeight || rightH < minChildWeight) continue;
      const leftValue = stepOf(left);
      const rightValue = stepOf(right);
      if (direction * (rightValue - leftValue) < 0) continue;
      const gain = scoreOf(left, leftValue) + scoreOf(right, rightValue) - nodeScore;
      if (gain > best[out]) {
        best[out] = gain;
        best[out + 1] = f;
        best[out + 2] = b;
        best[out + 3] = (missing === 0 ? leftH > rightH : missingLeft) ? 1 : 0;
        best[out + 4] = left;
      }
    }
  }

  /** Add the leaf values to the margins; count this member's rows in each leaf. */
  private update(): void {
    const { leafRows, members, margins, order, plan, planValues, settings } = this.task;
    for (let leaf = 0; leaf < plan[1]; leaf++) {
      const node = plan[PLAN + leaf];
      const value = planValues[VALUES + leaf];
      leafRows[(this.member * leafRows.length) / members + node] = this.end[node] - this.begin[node];
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

/** Stable: rows whose code is on side 1 first. Returns where the others begin. */
function divideRows(
  order: Int32Array,
  spare: Int32Array,
  begin: number,
  end: number,
  column: Uint8Array,
  side: Uint8Array,
): number {
  let l = begin;
  let r = 0;
  for (let i = begin; i < end; i++) {
    const row = order[i];
    // Written to both sides and counted on one: no branch to guess wrong.
    order[l] = row;
    spare[begin + r] = row;
    const goesLeft = side[column[row]];
    l += goesLeft;
    r += 1 - goesLeft;
  }
  order.set(spare.subarray(begin, begin + r), l);
  return l;
}
