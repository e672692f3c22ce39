import { breathe } from "../../base/breathe.js";
import { DataError } from "../../base/errors.js";
import { type Binned, binThreshold, shared } from "../trees/bins.js";
import { type Tree, TreeBuilder } from "../trees/ensemble.js";
import { Team } from "../trees/team.js";
import { boosterMember } from "./boosterMember.js";
import {
  BEST,
  type BoosterSettings,
  type BoosterTask,
  GROW,
  PLAN,
  phase,
  sparseRows,
  VALUES,
} from "./boosterTask.js";
import { boundedStep, lower, MOST_ROWS, scaleFor } from "./packing.js";

/** A node that may be split: where its histogram lies, its packed sum, and its place among the found best splits. */
interface Open {
  readonly node: number;
  readonly slot: number;
  readonly total: number;
  readonly candidate: number;
  /** What monotone columns allow as its leaf value. */
  readonly bounds: Bounds;
}

type Bounds = readonly [number, number];
const FREE: Bounds = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];

/** What a run learns from. */
export interface BoosterRows {
  readonly binned: Binned;
  readonly y: Uint8Array;
  readonly classWeights: Float64Array;
  /** By row; null: all weigh the same. */
  readonly sampleWeights: Float64Array | null;
  /** Margins to start from, rows × outputs. */
  readonly margins: Float64Array;
}

/** Rows a member below which starting threads takes longer than it saves. */
const ROWS_A_MEMBER = 2048;
/** The least gain that is worth a split, as XGBoost's. */
const LEAST_GAIN = 1e-6;

/**
 * Grows boosted trees level by level from histograms; what runs over rows or columns is done by the members of a team.
 * Source: Chen and Guestrin 2016, "XGBoost", arXiv:1603.02754; histograms and the subtraction trick as its `hist` method.
 */
export class Booster {
  private readonly team: Team<null>;

  private constructor(private readonly task: BoosterTask) {
    this.team = Team.start<null>(task, boosterMember(task, 0), task.members);
  }

  /** @param monotone by column: 1, -1 or 0; null: all are free */
  static start(
    { binned, y, classWeights, sampleWeights, margins }: BoosterRows,
    settings: BoosterSettings,
    monotone: Int8Array | null,
    workers: number,
  ): Booster {
    const { rows } = binned;
    if (rows > MOST_ROWS) {
      throw new DataError(
        `gradient-boosting: ${rows} training rows, at most ${MOST_ROWS} are possible. Set dataset.rows in params.yaml.`,
      );
    }
    const members = Math.max(1, Math.min(workers, Math.floor(rows / ROWS_A_MEMBER)));
    const sparse = sparseRows(binned);
    const bins = sparse.offset[binned.columns];
    const slots = 2 ** (settings.depth - 1);
    const nodes = 2 ** (settings.depth + 1);
    const totalsStride = 1 + 2 * settings.outputs;
    const planValues = shared.doubles(VALUES + nodes);
    const weight = y.reduce((sum, c, i) => sum + classWeights[c] * (sampleWeights?.[i] ?? 1), 0);
    // A row's loss is at most 35 times its weight: sums stay below 2^52.
    planValues[2] = 2 ** (46 - Math.ceil(Math.log2(weight)));
    return new Booster({
      kind: "boosting",
      settings,
      members,
      binned,
      y,
      classWeights,
      sampleWeights,
      monotone,
      bounds: shared.doubles(monotone === null ? 0 : 2 * slots),
      ...sparse,
      margins,
      gradients: shared.doubles(rows * settings.outputs),
      hessians: shared.doubles(rows * settings.outputs),
      packed: shared.doubles(rows),
      order: shared.ints(rows),
      spare: shared.ints(rows),
      slots: shared.doubles(slots * bins),
      partial: shared.doubles(members * Math.max(1, slots / 2) * bins),
      totals: shared.doubles(members * totalsStride),
      totalsStride,
      leafRows: shared.ints(members * nodes),
      best: shared.doubles(members * slots * BEST),
      plan: shared.ints(PLAN + nodes * GROW),
      planValues,
      allowed: shared.bytes(binned.columns).fill(1),
    });
  }

  /** Gradients at the present margins. Returns the sum of the (weighted) losses. */
  async gradients(): Promise<number> {
    await this.team.step(phase.gradients);
    this.sums = Array.from(
      { length: 1 + 2 * this.task.settings.outputs },
      (_, i) => this.total(i) / this.fixed,
    );
    return this.sums[0];
  }
  private sums: readonly number[] = [];

  /** Grow a tree on the gradients of one output and add it to the margins. */
  async tree(output: number, seed: number, allowed: Uint8Array): Promise<Tree> {
    const { plan, planValues, settings } = this.task;
    const builder = new TreeBuilder(1);
    this.task.allowed.set(allowed);
    plan[0] = output;
    plan[4] = seed;
    planValues[0] = scaleFor(this.sums[1 + 2 * output]);
    planValues[1] = scaleFor(this.sums[2 + 2 * output]);
    const leaves: Open[] = [];
    let open = await this.root(builder);
    for (let level = 0; open.length > 0; level++) {
      const split = level < settings.depth ? open.filter((each) => this.isWorthIt(each)) : [];
      for (const each of open) if (!split.includes(each)) leaves.push(each);
      open = await this.split(builder, split, level + 1 < settings.depth);
    }
    await this.close(builder, leaves);
    return builder.finish();
  }

  async stop(): Promise<void> {
    await this.team.stop();
  }

  private get fixed(): number {
    return this.task.planValues[2];
  }

  /** Sum of the members' numbers at `at`. */
  private total(at: number): number {
    let sum = 0;
    for (let m = 0; m < this.task.members; m++) sum += this.task.totals[m * this.task.totalsStride + at];
    return sum;
  }

  /** Training rows of a leaf, those that its round did not learn from counted too. */
  private rowsIn(leaf: number): number {
    const { leafRows, members } = this.task;
    let rows = 0;
    for (let at = leaf; at < leafRows.length; at += leafRows.length / members) rows += leafRows[at];
    return rows;
  }

  private async root(builder: TreeBuilder): Promise<Open[]> {
    const { plan, planValues } = this.task;
    await this.team.step(phase.root);
    const total = this.total(0);
    planValues[VALUES] = total;
    plan[2] = 1;
    this.bound(0, FREE);
    await this.team.step(phase.search);
    plan[2] = 0;
    return [{ node: builder.add(), slot: 0, total, candidate: 0, bounds: FREE }];
  }

  /** Where the best split of a node stands: the largest gain, the lowest column of equal ones. */
  private bestOf(candidate: number): number {
    const { best, members } = this.task;
    const stride = best.length / members;
    let at = candidate * BEST;
    for (let m = 1; m < members; m++) {
      const other = m * stride + candidate * BEST;
      if (best[other] > best[at]) at = other;
    }
    return at;
  }

  private isWorthIt({ candidate }: Open): boolean {
    return this.task.best[this.bestOf(candidate)] > Math.max(this.task.settings.minGain, LEAST_GAIN);
  }

  /** Split nodes; returns their children, with histograms and best splits when `goOn`. */
  private async split(builder: TreeBuilder, split: readonly Open[], goOn: boolean): Promise<Open[]> {
    if (split.length === 0) return [];
    const { best, binned, plan, planValues } = this.task;
    const free = freeSlots(split);
    const children: Open[] = [];
    split.forEach(({ node, slot, total, candidate, bounds }, item) => {
      const at = this.bestOf(candidate);
      const [feature, bin, missingLeft, leftTotal] = best.subarray(at + 1, at + BEST);
      const left = builder.add();
      const right = builder.add();
      builder.split(node, feature, binThreshold(binned, feature, bin, bin + 1), missingLeft === 1);
      builder.setLeft(node, left);
      builder.setRight(node, right);
      const rightTotal = total - leftTotal;
      const leftIsSmall = lower(leftTotal) < lower(rightTotal);
      const newSlot = free[item];
      plan.set(
        [node, feature, bin, missingLeft, left, right, leftIsSmall ? 1 : 0, slot, newSlot],
        PLAN + item * GROW,
      );
      planValues[VALUES + 2 * item] = leftTotal;
      planValues[VALUES + 2 * item + 1] = rightTotal;
      const [below, above] = this.boundsBelow(bounds, feature, leftTotal, rightTotal);
      children.push(
        {
          ...{ node: left, slot: leftIsSmall ? newSlot : slot, total: leftTotal },
          ...{ candidate: 2 * item, bounds: below },
        },
        {
          ...{ node: right, slot: leftIsSmall ? slot : newSlot, total: rightTotal },
          ...{ candidate: 2 * item + 1, bounds: above },
        },
      );
    });
    if (goOn) for (const { candidate, bounds } of children) this.bound(candidate, bounds);
    plan[1] = split.length;
    plan[3] = goOn ? 1 : 0;
    await this.team.step(phase.grow);
    if (goOn) await this.team.step(phase.search);
    return children;
  }

  /** Tell the members what a candidate's leaf values may be. */
  private bound(candidate: number, bounds: Bounds): void {
    if (this.task.monotone !== null) this.task.bounds.set(bounds, 2 * candidate);
  }

  /** Bounds of the children: what a monotone column parts stays on its side of the middle. */
  private boundsBelow(
    bounds: Bounds,
    feature: number,
    left: number,
    right: number,
  ): readonly [Bounds, Bounds] {
    const direction = this.task.monotone?.[feature] ?? 0;
    if (direction === 0) return [bounds, bounds];
    const { planValues, settings } = this.task;
    const stepOf = (packed: number): number =>
      boundedStep(packed, planValues[0], planValues[1], settings.l2, bounds);
    const middle = (stepOf(left) + stepOf(right)) / 2;
    const below: Bounds = [bounds[0], middle];
    const above: Bounds = [middle, bounds[1]];
    return direction > 0 ? [below, above] : [above, below];
  }

  /** Leaf values: a Newton step on the leaf's sums, within what monotone columns allow, times the learning rate. */
  private async close(builder: TreeBuilder, leaves: readonly Open[]): Promise<void> {
    const { plan, planValues, settings } = this.task;
    const [gScale, hScale] = planValues;
    plan[1] = leaves.length;
    leaves.forEach(({ node, total, bounds }, leaf) => {
      const step = boundedStep(total, gScale, hScale, settings.l2, bounds);
      const value = Math.fround(settings.learningRate * step);
      plan[PLAN + leaf] = node;
      planValues[VALUES + leaf] = value;
      builder.setValue(node, 0, value);
    });
    await this.team.step(phase.update);
    for (const { node } of leaves) builder.setRows(node, this.rowsIn(node));
    await breathe();
  }
}

/** A slot for one child of each splitting node: those of nodes that became leaves, then slots that are not in use. */
function freeSlots(split: readonly Open[]): number[] {
  const used = new Set(split.map((each) => each.slot));
  const free: number[] = [];
  for (let slot = 0; free.length < split.length; slot++) if (!used.has(slot)) free.push(slot);
  return free;
}
