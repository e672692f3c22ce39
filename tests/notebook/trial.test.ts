import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openLab } from "#lib/notebook/lab.js";
import { temporaryFolder } from "../temporary.js";

const folder = temporaryFolder();
const params = readFileSync("params.yaml", "utf8").replace(
  "splits:\n  site:",
  "splits:\n  cv: {recipe: kfold, folds: 3, kind: stratified, validation: 0.2}\n  site:",
);

describe("lab.trial", () => {
  it("refuses what it cannot try before anything runs", async () => {
    folder.write("params.yaml", params);
    const lab = openLab(folder.path);
    await expect(lab.trial("sites", "forest")).rejects.toThrow(
      /^notebook: "sites" is not under splits in params.yaml \(has: .*\)\. Did you mean "site"\?$/,
    );
    await expect(lab.trial("site", "forests")).rejects.toThrow(/^notebook: "forests" is not under models/);
    await expect(lab.trial("cv", "forest")).rejects.toThrow(
      'notebook: "cv" is a k-fold split and has no test part. Try another split.',
    );
  });
  it("and the results that a stage was told not to make say why", () => {
    folder.write("reports/cross.json", '{"off": "cross is null in params.yaml", "matrices": []}');
    expect(() => openLab(folder.path).cross()).toThrow(
      "notebook: reports/cross.json is empty: cross is null in params.yaml. Take that section",
    );
  });
});
