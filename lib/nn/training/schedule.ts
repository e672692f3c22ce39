/** How the learning rate goes over the steps. */
export type Schedule = "cosine" | "constant";

/** Share of the steps in which the rate rises to its full height. */
const WARM_UP = 0.05;

/**
 * The learning rate of a step: with `cosine` it rises evenly over the first 5% of the steps and falls to 0 along half a
 * cosine. Source: Loshchilov and Hutter 2017, SGDR, arXiv:1608.03983, without restarts; Goyal et al. 2017, arXiv:1706.02677.
 * @param step from 1
 * @param steps of the whole training, were it not stopped early
 */
export function learningRateAt(schedule: Schedule, highest: number, step: number, steps: number): number {
  if (schedule === "constant") return highest;
  const rising = Math.ceil(WARM_UP * steps);
  if (step <= rising) return (highest * step) / rising;
  return (highest * (1 + Math.cos((Math.PI * (step - rising)) / (steps - rising)))) / 2;
}
