import { code, enumerate, type Inline, sentence } from "./document.js";
import { count, plural } from "./numbers.js";
import { type ReportInput, resultsOf } from "./results.js";

/**
 * How often the headline's test part was evaluated to make this report: once a model and training seed, each at its one frozen
 * threshold. It counts what stands in `run`, so that the same files give the same words.
 */
export function evaluationsItem(input: ReportInput): Inline[] {
  const { headline, run } = input.settings;
  const results = resultsOf(input, headline);
  const fits = results.reduce((sum, { details }) => sum + 1 + (details.seeds?.length ?? 0), 0);
  const others = run.splits.filter((name) => name !== headline);
  const shared =
    others.length === 0
      ? []
      : [
          " The same rows may also stand in the test part of ",
          ...enumerate(others.map((name) => code(name))),
          ", which the same models were measured on.",
        ];
  return [
    ...sentence`The test part of split ${code(headline)} was evaluated ${fits === 1 ? "once" : `${count(fits)} times`} for this report: ${plural(results.length, "model")}${fits === results.length ? "" : `, ${count(fits)} fits with all training seeds`}, each at its one frozen threshold.`,
    ...shared,
    " Runs before this one, with other parameters, are not counted, because nothing that the report is made of remembers them. Each look at test numbers that leads to a change makes the next ones too good.",
  ];
}
