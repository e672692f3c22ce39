import type { Elapsed } from "../../base/cost.js";
import type { TrainingTask } from "./train.js";

/** Seconds between two lines. */
const PAUSE = 5;

/**
 * Lines about a training for whoever waits: not more often than every few seconds, and one at its end.
 * @param before epochs that were done before the clock was started
 */
export function progressLine(
  { model, train, settings, log }: TrainingTask,
  before: number,
  clock: () => Elapsed,
): (row: Readonly<Record<string, number>>, last: boolean) => void {
  let said = 0;
  return (row, last) => {
    const { seconds } = clock();
    if (!last && seconds - said < PAUSE) return;
    said = seconds;
    const { epoch, train_loss, learning_rate: _, best_epoch, ...rest } = row;
    const done = epoch - before;
    const left = Math.ceil(((settings.epochs - epoch) * seconds) / done);
    const found = Object.entries({ loss: train_loss, ...rest })
      .map(([name, value]) => `${name.replaceAll("_", " ")} ${value.toPrecision(4)}`)
      .join(", ");
    const speed = Math.round((done * train.rows) / seconds);
    log(
      `${model}: epoch ${epoch} of ${settings.epochs}: ${found}; ${speed} rows/s, ` +
        (last ? `epoch ${best_epoch} is kept` : `${left} s left at most`),
    );
  };
}
