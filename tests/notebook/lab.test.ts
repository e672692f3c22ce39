import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openLab } from "#lib/notebook/lab.js";
import { temporaryFolder } from "../temporary.js";

const folder = temporaryFolder();
const params = readFileSync("params.yaml", "utf8")
  .replace("  splits: [site, random]", "  splits: [site, cv]")
  .replace(
    "splits:\n  site:",
    "splits:\n  cv: {recipe: kfold, folds: 3, kind: stratified, validation: 0.2}\n  site:",
  );

describe("openLab", () => {
  it("keeps what was measured on folds apart from what was measured on a test part", () => {
    folder.write("params.yaml", params);
    folder.write("dvc.yaml", "stages: {}\n");
    folder.write("reports/metrics/cv/forest.json", '{"cv": {"recall": 0.9}}');
    folder.write("reports/details/cv/forest.json", '{"folds": []}');
    const lab = openLab(folder.path);
    expect(lab.crossValidation("cv", "forest")).toEqual({
      split: "cv",
      model: "forest",
      metrics: { cv: { recall: 0.9 } },
      details: { folds: [] },
    });
    expect(() => lab.evaluation("cv", "forest")).toThrow(
      'notebook: "cv" is a k-fold split and has no test part. Use lab.crossValidation("cv", "forest").',
    );
    expect(() => lab.crossValidation("site", "forest")).toThrow(
      'notebook: "site" is no k-fold split. Use lab.evaluation("site", "forest").',
    );
  });
});
