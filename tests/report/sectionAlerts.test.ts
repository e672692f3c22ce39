import { expect, it } from "vitest";
import { documentMarkdown } from "#lib/report/document.js";
import type { Result } from "#lib/report/results.js";
import { alertSection } from "#lib/report/sectionAlerts.js";
import { classBlocks } from "#lib/report/sectionClasses.js";
import { costSection } from "#lib/report/sectionCost.js";
import { sampleInput } from "./sample.js";

const sample = sampleInput();
const site = sample.results.filter(({ split }) => split === "site");
const markdown = (change: (result: Result) => Result): string =>
  documentMarkdown("", alertSection({ ...sample, results: site.map(change) }));

it("shows alerts, and precision where attacks are rare, with a reason for what is undefined", () => {
  const md = markdown((result) => ({
    ...result,
    metrics: {
      ...result.metrics,
      test: {
        ...result.metrics.test,
        alerts_per_10k_flows: 1234,
        alerts_per_hour: null,
        precision: 0.75,
        precision_at_base_rate: { "0.01": 0.5, "0.001": 0.09, "0.0001": 0.00123 },
      },
    },
    details: {
      ...result.details,
      test: { ...result.details.test, reasons: { alerts_per_hour: "the flows have no start times" } },
    },
  }));
  expect(md).toContain("Precision, attacks 1 in 10,000");
  expect(md).toMatch(
    /\| boosting \| [\d,]+ \| 1,234 \| – <sup>a<\/sup> \| 0\.750 \| 0\.5000 \| 0\.0900 \| 0\.0012 \|/,
  );
  expect(md).toContain("the flows have no start times");
  expect(md).not.toContain("Calibration");
});

it("says what calibration did, and where no threshold was what the rule asks for", () => {
  const errors = { brier: 0.1, log_loss: 0.3, ece: 0.05 };
  const md = markdown((result) => ({
    ...result,
    file: {
      ...result.file,
      threshold_note: "no threshold keeps a precision of 0.99 on validation: nothing is flagged",
      calibration: {
        method: "platt",
        parameters: { classes: { benign: { slope: 0.71, intercept: -0.2 } } },
        rows: 3090,
        out_of_fold: { folds: 5, before: errors, after: { ...errors, ece: 0.0123 } },
      },
    },
  }));
  expect(md).toContain(
    "> `boosting`: no threshold keeps a precision of 0.99 on validation: nothing is flagged.",
  );
  expect(md).toMatch(
    /\| boosting \| platt \| slope 0\.710, intercept -0\.200 \| 3,090 \| 0\.1000 \| 0\.1000 \| 0\.3000 \| 0\.3000 \| 0\.0500 \| 0\.0123 \|/,
  );
});

it("averages over the classes that define a value, and names the others", () => {
  const [result] = site;
  const over = ["benign", "dos"];
  const average = (value: number | null) => ({ value, over });
  const all = { value: 0.9, over: [...over, "u2r"] };
  const row = { n: 10, precision: 0.5, recall: 0.5, f1: 0.5, roc_auc: 0.8, average_precision: 0.7 };
  const kind = { precision: average(0.6), recall: all, f1: all, roc_auc: all, average_precision: all };
  const test: Result["details"]["test"] = {
    ...result.details.test,
    per_class: [
      { class: "benign", ...row },
      { class: "dos", ...row },
      { class: "u2r", ...row, precision: null },
    ],
    averages: { macro: kind, weighted: kind, micro: { ...kind, precision: all } },
  };
  const md = documentMarkdown("", classBlocks({ ...result, details: { ...result.details, test } }));
  expect(md).toMatch(/\| macro \| 0\.600 \| 0\.900 \| 0\.900 \| 0\.900 \| 0\.900 \| u2r \|/);
  expect(md).toMatch(/\| micro \| 0\.900 .*\| {2}\|/);
  expect(classBlocks(result)).toEqual([]);
});

it("draws quality against operations, and says which model has none", () => {
  const blocks = costSection({
    ...sample,
    results: site.map((result, i) =>
      i === 0 ? { ...result, file: { ...result.file, operations: undefined } as Result["file"] } : result,
    ),
  });
  const md = documentMarkdown("", blocks);
  expect(md).toMatch(/\| boosting \| .* \| 1,234 \| 1\.2 MB \|/);
  expect(md).toContain("trained by a version that did not count them");
  expect(md).toMatch(new RegExp(`${site[0].model} [\\d.]+ at –`));
});
