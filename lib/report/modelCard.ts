import { choiceItems } from "./choices.js";
import { type Block, code, type Inline, sentence, strong } from "./document.js";
import { count, fixed, interval, percent } from "./numbers.js";
import type { ReportInput, Result } from "./results.js";
import { recipeWords, recordedRule } from "./words.js";

/** Families below this recall are known failures. */
const POOR_RECALL = 0.5;
/** A host that raises at least this share of all false alarms is named. */
const MANY_ALARMS = 0.2;

/**
 * What a person must know before using a model: what it is, what for, how well it did and where it fails. Everything is
 * read from what training and evaluation left.
 * Source: Mitchell et al. 2019, Model Cards for Model Reporting.
 */
export function modelCard(input: ReportInput, result: Result): Block[] {
  return [
    {
      kind: "list",
      items: [
        [strong("Intended use. "), ...intendedUse(input, result)],
        [strong("Trained on. "), ...recipeWords(input.settings.splits[result.split])],
        ...choiceItems(result.file),
        [strong("Measured. "), ...measured(result)],
        ...knownFailures(result).map((item): Inline[] => [strong("Known failure. "), ...item]),
        [strong("Not for. "), ...notFor(result)],
      ],
    },
  ];
}

function intendedUse({ ingest, settings }: ReportInput, { details, file }: Result): Inline[] {
  const rule = recordedRule(
    details.decision.rule,
    settings.models[details.model]?.decision ?? settings.decision,
  );
  const formats = ingest.dialects.map(({ title }) => title).join("; ");
  const { threshold } = details.decision;
  return sentence`To point a person to flows that look like attacks, in data of the same kind (${formats}), from ${count(file.columns.length)} columns. It decides at ${threshold === null ? "no threshold" : fixed(threshold, 4)} (${rule}). ${details.kind === "detector" ? "Its score says how unusual a flow is and is no probability." : "Its score is the estimated probability of an attack."}`;
}

function measured({ split, details, metrics }: Result): Inline[] {
  const { intervals } = details.test;
  return sentence`On ${count(metrics.test.n)} test flows of split ${code(split)}: average precision ${interval(intervals.average_precision)}, recall ${interval(intervals.recall)}, false positive rate ${interval(intervals.fpr)}.`;
}

/** Where the model fails on its test part, worst first; empty when nothing of the kind was seen. */
export function knownFailures({ details }: Result): Inline[][] {
  const { families, untested, breakdowns } = details.test;
  const poor = families
    .filter(({ point }) => point !== null && point < POOR_RECALL)
    .sort((a, b) => a.point! - b.point!)
    .map(
      ({ family, seen, detected, n }) =>
        sentence`It finds ${count(detected)} of ${count(n)} flows of ${code(family)}${seen ? "" : ", a family that training never had"}.`,
    );
  const alarming = breakdowns?.by.host?.groups ?? [];
  const all = breakdowns?.whole.fp ?? 0;
  const loud = alarming
    .filter(({ name, fp }) => name !== null && all > 0 && fp / all >= MANY_ALARMS)
    .map(
      ({ name, fp, fpr }) =>
        sentence`${percent(fp / all)} of its false alarms (${count(fp)}) come from the host ${code(name!)}${fpr === null ? "" : `, of whose benign flows it flags ${percent(fpr)}`}.`,
    );
  const unknown =
    untested.length === 0
      ? []
      : [sentence`Nothing is known about ${untested.join(", ")}: in training, and not in the test part.`];
  return [...poor, ...loud, ...unknown];
}

function notFor({ metrics }: Result): Inline[] {
  const { fpr } = metrics.test;
  const alarms =
    fpr === null
      ? ""
      : ` Of a million benign flows like those of the test part it would flag about ${count(Math.round(1e6 * fpr))}.`;
  return [
    `Blocking traffic without a person who looks, and other networks before the threshold was chosen anew on their own flows.${alarms}`,
  ];
}
