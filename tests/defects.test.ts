import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { Rng } from "#lib/base/rng.js";
import { readFlows } from "#lib/dataset/readFlows.js";
import { contentColumns, dialects, modelColumns } from "#lib/dataset/registry.js";
import { evaluatePart } from "#lib/eval/evaluate.js";
import { text } from "#lib/table/table.js";
import { temporaryFolder } from "./temporary.js";
import { labelledLog } from "./zeekLog.js";

/**
 * Ways in which earlier systems fooled themselves, and the test that fails when one comes back: the file and (part of) the
 * name of the test. What no other test covers is tested below.
 */
const prevented: Readonly<Record<string, readonly (readonly [file: string, name: string])[]>> = {
  "tuning and thresholds by the test part": [
    ["pipeline/stages/model.test.ts", "train the same bytes whatever the test rows are"],
    ["pipeline/stages/folds.test.ts", "gives a fold's model the same bytes whatever its own rows are"],
    ["report/champion.test.ts", "validation"],
  ],
  "resampling before validation is carved out": [
    ["models/resampled.test.ts", "never makes a copy of a validation row"],
  ],
  "Unknown, empty and unlabelled rows become benign": [
    ["dataset/ingest.test.ts", "makes unlabelled rows benign only when told to"],
    ["dataset/cic/labels.test.ts", "is never silently benign"],
  ],
  "a benign flow whose detail mentions malware becomes an attack": [
    ["dataset/zeek.test.ts", "A benign flow whose detail mentions malware stays benign."],
  ],
  "the trained model and its consumer take different columns": [
    ["serve/detector.test.ts", "refuses data without one of its columns"],
    ["cli/predict.test.ts", "refuses data that lack a column of the model"],
    ["features/slips.test.ts", "gives the 9 columns of SLIPS in its order"],
  ],
  "Not Established is read as Established, RSTR falls through": [
    ["features/slips.test.ts", '["Not Established", 9, 0]'],
    ["features/slips.test.ts", '["RSTR", 3, 0]'],
  ],
  "scaling and selection are fitted before the split": [
    ["features/view.test.ts", "holds training rows and nothing else"],
    ["pipeline/stages/folds.test.ts", "fits views on the training rows of each fold, and on nothing else"],
  ],
  "made-up addresses are reported as malicious": [["serve/hosts.test.ts", "refuses data without addresses"]],
  "SMOTE and class weights together": [
    ["cli/resample.test.ts", "SMOTE with class weights, before anything runs"],
  ],
  "the threshold that was saved is not the one that is used": [
    ["serve/decisions.test.ts", "says attack at and above the frozen threshold"],
    ["serve/decisions.test.ts", "records another threshold as an override"],
  ],
  "a budget of false alarms is exceeded by the point next to it": [
    ["eval/threshold.test.ts", "fpr-budget goes as low as the budget allows"],
    ["eval/threshold.test.ts", "keeps its promises on random scores with ties"],
  ],
  "the threshold of a detector is set by its worst benign row": [
    ["eval/threshold.test.ts", "benign-quantile looks at benign rows only"],
  ],
  "one attack campaign is in train and test": [
    ["split/recipes.test.ts", "campaign: tests every family that has two campaigns"],
    ["explain/leaks/judge.test.ts", '["random-split", measured(0.9), "warning"]'],
  ],
  "repeated rows are in train and test": [
    ["split/recipes.test.ts", "duplicates: no content is in two parts"],
    ["explain/leaks/parts.test.ts", "keeps the first of equal rows"],
  ],
  "addresses, ports and times are features": [
    ["bars/testbed.test.ts", "without addresses and ports"],
    ["explain/leaks/leaks.test.ts", "warns when an address gives the label away"],
  ],
  "scores that need no label to be high": [
    ["explain/leaks/leaks.test.ts", "falls to chance with shuffled labels"],
  ],
  "a torn file is taken for a whole one": [
    ["base/files.test.ts", "keeps the old file and leaves no temporary one when writing fails"],
  ],
  "the glued last column of IoT-23 hides the label": [
    ["flow/zeek.test.ts", "takes IoT-23's glued last column apart"],
  ],
  "a file that cannot be read is skipped without a word": [
    ["dataset/ingest.test.ts", "says what it found when nothing can be read"],
    ["dataset/ingest.test.ts", "counts everything that is dropped, by reason and line"],
  ],
  "a file counts as a dataset by its name": [
    ["dataset/ingest.test.ts", "refuses a file with the name of one dataset and the content of another"],
  ],
};

describe("a defect of earlier systems has a test that fails when it comes back", () => {
  it.each(Object.entries(prevented))("%s", (_, tests) => {
    for (const [file, name] of tests) expect(readFileSync(`tests/${file}`, "utf8")).toContain(name);
  });
});

describe("defects that are tested here", () => {
  const folder = temporaryFolder();

  it("the label or the category of the attack is a feature", () => {
    const labels = /label|attack|class|difficulty|attempted_|verdict|ground/i;
    for (const { name, columns } of dialects) {
      const names = columns.map((field) => field.name);
      expect([name, modelColumns(names).filter((column) => labels.test(column))]).toEqual([name, []]);
    }
    const own = ["label", "family", "label_original", "is_attack", "campaign", "row_id", "part"];
    expect(contentColumns(own)).toEqual([]);
  });

  it("recall at a budget of false alarms is read off a point above the budget", () => {
    // The only benign row has the highest score: nothing can be flagged without it.
    const { metrics } = evaluatePart({
      isAttack: Uint8Array.of(0, 1, 1),
      scores: [0.9, 0.8, 0.7],
      threshold: 0.5,
      isProbability: true,
      family: text(["benign", "dos", "dos"]),
      trainingFamilies: ["dos"],
      classes: null,
      subset: null,
      bootstrap: { resamples: 0, rng: Rng.root(1) },
    });
    expect(metrics.recall_at_fpr).toEqual({ "0.001": 0, "0.01": 0, "0.05": 0 });
  });

  it("texts that look like numbers become numbers, and empty last columns vanish", async () => {
    const log = folder.write("conn.log.labeled", labelledLog([["", "", { service: "0123", uid: "1e5" }]]));
    const { table } = await readFlows(log);
    expect([table.rows, table.strings("service"), table.strings("uid")]).toEqual([1, ["0123"], ["1e5"]]);
    expect(table.strings("label")).toEqual([null]);
  });

  it("a new seed has no effect where a result is cached", () => {
    const { stages } = parse(readFileSync("dvc.yaml", "utf8")) as {
      stages: Record<string, { params?: string[] }>;
    };
    const drawn = ["ingest", "split", "train", "eval", "cross", "cluster", "leaks"];
    expect(drawn.filter((name) => !stages[name].params?.includes("seed"))).toEqual([]);
  });
});
