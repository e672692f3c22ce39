import type { BoosterTask } from "./boosterTask.js";
import { HALF } from "./packing.js";

/** The least hessian, so that no leaf divides by zero (as XGBoost). */
const LEAST = 1e-16;
/** The least probability whose logarithm enters the loss. */
const LEAST_P = 1e-15;
/** A product of probabilities is logged below this, well before it would underflow. */
const LEAST_PRODUCT = 1e-280;

/**
 * Logistic loss of the rows first … last-1: gradients and hessians into the task, sums of the loss, of |g| and of h
 * into `sums`.
 */
export function logisticGradients(task: BoosterTask, first: number, last: number, sums: Float64Array): void {
  const { classWeights, gradients, hessians, margins, y } = task;
  if (task.sampleWeights !== null) {
    weightedLogisticGradients(task, task.sampleWeights, first, last, sums);
    return;
  }
  let absolute = 0;
  let curvature = 0;
  let loss = 0;
  // One logarithm of a product of many probabilities is that of their sum, and far quicker.
  const products = Float64Array.of(1, 1);
  for (let row = first; row < last; row++) {
    const target = y[row];
    const weight = classWeights[target];
    const p = 1 / (1 + Math.exp(-margins[row]));
    const g = p - target;
    const h = Math.max(p * (1 - p), LEAST);
    gradients[row] = weight * g;
    hessians[row] = weight * h;
    // The probability of the row's own class is 1 - |g|.
    const product = products[target] * Math.max(1 - Math.abs(g), LEAST_P);
    products[target] = product;
    if (product < LEAST_PRODUCT) {
      loss -= weight * Math.log(product);
      products[target] = 1;
    }
    absolute += weight * Math.abs(g);
    curvature += weight * h;
  }
  sums[0] = loss - classWeights[0] * Math.log(products[0]) - classWeights[1] * Math.log(products[1]);
  sums[1] = absolute;
  sums[2] = curvature;
}

/** The same where every row has a weight of its own: a logarithm a row. */
function weightedLogisticGradients(
  { classWeights, gradients, hessians, margins, y }: BoosterTask,
  sampleWeights: Float64Array,
  first: number,
  last: number,
  sums: Float64Array,
): void {
  for (let row = first; row < last; row++) {
    const weight = classWeights[y[row]] * sampleWeights[row];
    const p = 1 / (1 + Math.exp(-margins[row]));
    const g = p - y[row];
    gradients[row] = weight * g;
    hessians[row] = weight * Math.max(p * (1 - p), LEAST);
    sums[0] -= weight * Math.log(Math.max(1 - Math.abs(g), LEAST_P));
    sums[1] += Math.abs(gradients[row]);
    sums[2] += hessians[row];
  }
}

/** The same for the softmax loss: 1 + 2k sums, a pair a class. The hessian is 2p(1-p), as XGBoost's. */
export function softmaxGradients(task: BoosterTask, first: number, last: number, sums: Float64Array): void {
  const { binned, classWeights, gradients, hessians, margins, sampleWeights, settings, y } = task;
  const k = settings.outputs;
  const p = new Float64Array(k);
  for (let row = first; row < last; row++) {
    const weight = classWeights[y[row]] * (sampleWeights === null ? 1 : sampleWeights[row]);
    probabilities(margins, row, k, p);
    sums[0] -= weight * Math.log(Math.max(p[y[row]], LEAST_P));
    for (let c = 0; c < k; c++) {
      const g = weight * (p[c] - (y[row] === c ? 1 : 0));
      const h = weight * Math.max(2 * p[c] * (1 - p[c]), LEAST);
      gradients[c * binned.rows + row] = g;
      hessians[c * binned.rows + row] = h;
      sums[1 + 2 * c] += Math.abs(g);
      sums[2 + 2 * c] += h;
    }
  }
}

/**
 * Pack the gradients of the output in work (plan[0]) for the rows first … last-1 of one block. Rows are rounded up or
 * down by chance: rounding to the nearest would shift many equal small gradients the same way. The chance comes from
 * the block and the tree's seed (plan[4]) alone.
 */
export function pack(task: BoosterTask, first: number, last: number): void {
  const { binned, gradients, hessians, packed, plan, planValues, settings } = task;
  const at = plan[0] * binned.rows;
  const gScale = planValues[0];
  const hScale = planValues[1];
  const keep = settings.subsample * 4294967296;
  let chance = scramble(first ^ plan[4]);
  for (let row = first; row < last; row++) {
    chance = (Math.imul(chance, 1664525) + 1013904223) | 0;
    const g = Math.floor(gradients[at + row] * gScale + (chance >>> 16) / 65536);
    const h = Math.floor(hessians[at + row] * hScale + (chance & 65535) / 65536);
    packed[row] = keep === 4294967296 || scramble(chance) >>> 0 < keep ? g * HALF + h : 0;
  }
}

/** 32 bits mixed so that near numbers give far ones (the finisher of MurmurHash3). */
function scramble(bits: number): number {
  let x = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
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
