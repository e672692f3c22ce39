import { code, enumerate, type Inline, sentence } from "./document.js";
import { count, plural } from "./numbers.js";
import { type ReportInput, resultsOf } from "./results.js";

/**
 * How often the headline's test part was evaluated for the table of models: once a model and training seed, each at its one
 * frozen threshold; and which other stages read the same rows. It counts what stands in `run`, so that the same files give the same words.
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
    ...sentence`The test part of split ${code(headline)} was evaluated ${fits === 1 ? "once" : `${count(fits)} times`} for the table of models: ${plural(results.length, "model")}${fits === results.length ? "" : `, ${count(fits)} fits with all training seeds`}, each at its one frozen threshold.`,
    ...shared,
    ...(input.leaks === null || input.leaks.off !== null
      ? []
      : [
          " The leak tests fit and measure one model on rows of it again, to say something about the data and not to choose.",
        ]),
    ...(input.cross === null || input.cross.matrices.length === 0
      ? []
      : [" The cross-domain matrices use rows of it, too."]),
    " Runs before this one, with other parameters, are not counted, because nothing that the report is made of remembers them. Each look at test numbers that leads to a change makes the next ones too good.",
  ];
}
