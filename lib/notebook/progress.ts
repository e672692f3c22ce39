import { breathe } from "../base/breathe.js";
import { count } from "../report/numbers.js";
import { escapeHtml } from "../report/table.js";
import { type Display, kernelDisplays } from "./display.js";

/** A bar below the cell that tells how far a long work is. */
export interface ProgressBar {
  /**
   * `done` steps of the total are done; `note` says what comes now. Lets the event loop run once, so that the bar moves.
   */
  set(done: number, note?: string): Promise<void>;
}

/**
 * A bar below the cell, updated in place, without times: what stays is "title: 12 of 12". Outside a notebook it is silent.
 * @param total the number of steps
 */
export function progressBar(title: string, total: number): ProgressBar {
  const display = kernelDisplays()?.newDisplay();
  return { set: (done, note = "") => draw(display, title, { done, total, note }) };
}

/**
 * The items one by one, with a bar that counts them:
 * `for await (const name of progress(lab.params.run.splits, "Splits")) { await … }`
 * A cell needs an `await` besides: tslab does not see the one of `for await` alone.
 */
export async function* progress<T>(items: readonly T[], title: string): AsyncGenerator<T, void, undefined> {
  const bar = progressBar(title, items.length);
  for (const [done, item] of items.entries()) {
    await bar.set(done, typeof item === "string" ? item : "");
    yield item;
  }
  await bar.set(items.length);
}

interface State {
  readonly done: number;
  readonly total: number;
  readonly note: string;
}

async function draw(display: Display | undefined, title: string, state: State): Promise<void> {
  display?.html(barHtml(title, state));
  await breathe();
}

/** Inline styles only: a notebook that is not trusted drops the rest. */
export function barHtml(title: string, { done, total, note }: State): string {
  const share = total > 0 ? Math.min(Math.max(done / total, 0), 1) : 1;
  const said = `${title}: ${count(done)} of ${count(total)}${note === "" ? "" : `, ${note}`}`;
  const bar = `<div style="width:${Math.round(share * 100)}%;height:6px;background:#0072b2"></div>`;
  return `<div style="max-width:400px"><div>${escapeHtml(said)}</div><div style="background:#d0d7de">${bar}</div></div>`;
}
