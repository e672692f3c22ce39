import { describe, expect, it } from "vitest";
import type { SearchInfo } from "#lib/onnx/searchInfo.js";
import { documentMarkdown } from "#lib/report/document.js";
import { modelCard } from "#lib/report/modelCard.js";
import { sampleInput } from "./sample.js";

const input = sampleInput();
const result = input.results.find(({ split, model }) => split === "site" && model === "boosting")!;

/** The card of the sample's boosting with other families on its test part. */
function card(families: (typeof result)["details"]["test"]["families"], untested: string[] = []): string {
  const details = { ...result.details, test: { ...result.details.test, families, untested } };
  return documentMarkdown("Card", modelCard(input, { ...result, details }));
}

describe("modelCard", () => {
  it("names families that are mostly missed, worst first, and whether they were new", () => {
    const text = card([
      { family: "scan", n: 10, detected: 4, point: 0.4, lo: 0.2, hi: 0.7, seen: true },
      { family: "tunnel", n: 50, detected: 0, point: 0, lo: 0, hi: 0.1, seen: false },
      { family: "dos", n: 9, detected: 5, point: 5 / 9, lo: 0.3, hi: 0.8, seen: true },
    ]);
    const failures = [...text.matchAll(/\*\*Known failure\.\*\* (.*)/g)].map((match) => match[1]);
    expect(failures).toEqual([
      "It finds 0 of 50 flows of `tunnel`, a family that training never had.",
      "It finds 4 of 10 flows of `scan`.",
    ]);
  });

  it("says what nothing is known about, and invents no failure", () => {
    expect(card([], ["worm"])).toContain(
      "Nothing is known about worm: in training, and not in the test part.",
    );
    expect(card([])).not.toContain("Known failure");
  });

  it("names hosts that raise many of the false alarms", () => {
    const group = {
      n: 100,
      attacks: 0,
      tp: 0,
      fp: 30,
      recall: null,
      recall_95: null,
      fpr: 0.3,
      fpr_95: null,
    };
    const rest = { precision: 0, macro_f1: 0, over: ["benign"] as const, roc_auc: null, few: false };
    const breakdowns = {
      whole: { ...group, ...rest, fp: 60 },
      by: {
        host: {
          groups: [
            { ...group, ...rest, name: "10.0.0.7" },
            { ...group, ...rest, fp: 2, name: "10.0.0.8" },
          ],
          others: null,
        },
      },
    };
    const details = { ...result.details, test: { ...result.details.test, breakdowns: breakdowns as never } };
    const text = documentMarkdown("Card", modelCard(input, { ...result, details }));
    expect(text).toContain(
      "50.0% of its false alarms (30) come from the host `10.0.0.7`, of whose benign flows it flags 30.0%.",
    );
    expect(text).not.toContain("10.0.0.8");
  });

  it("says what a score means, what was measured and how loud the model is", () => {
    expect(card([])).toMatch(
      /It decides at 0\.4137 \(.*\)\. Its score is the estimated probability of an attack\./,
    );
    expect(card([])).toMatch(/On 13,892 test flows of split `site`: average precision 0\.\d{3} ± 0\.008/);
    expect(card([])).toMatch(
      /Of a million benign flows like those of the test part it would flag about [\d,]+\./,
    );
    const detector = input.results.find(({ model }) => model === "isolation")!;
    expect(documentMarkdown("Card", modelCard(input, detector))).toContain("is no probability");
  });

  it("tells what was chosen inside the training part, and how sure that is", () => {
    const search: SearchInfo = {
      ...({
        method: "random",
        by: "folds",
        metric: "average_precision",
        over: {},
        candidates: 20,
        failed: 1,
      } as const),
      ...{ stream: "42/search/site/boosting", groups: "host", chosen: { trees: 50, depth: 3 } },
      folds: [1, 2, 3].map((f) => ({ name: `fold_${f}`, train: 80, held_out: 40, score: 0.9 })),
      ...{ mean: 0.9, sd: 0.0123, best_in: 2, as_good: 4 },
    };
    const selection = {
      ...{ by: "mutual-information", params: {}, columns: 54, kept: ["a", "b=tcp"], repeats: 10 },
      stability: 0.8666,
    };
    const text = documentMarkdown(
      "Card",
      modelCard(input, { ...result, file: { ...result.file, search, selection } }),
    );
    expect(text).toContain(
      "**Parameters chosen.** trees 50, depth 3: the best of 20 candidates (random search), average precision 0.9000 " +
        "(standard deviation 0.0123) over 3 folds of the training rows (groups of host together). It was the best in 2 of " +
        "3 folds; 4 of the other candidates are within one standard error of it. 1 could not be fitted. All are in " +
        "`cv_results.csv`.",
    );
    expect(text).toContain(
      "**Columns chosen.** 2 of 54 by mutual information, the best first: `a`, `b=tcp`. Selections on 10 random halves of " +
        "the training rows agree with a stability of 0.87 (1: entirely, 0: like random ones). All are in `selection.csv`.",
    );
  });
});
