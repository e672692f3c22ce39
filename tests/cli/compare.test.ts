import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { writeParquet } from "#lib/table/parquet.js";
import { type Column, float64, int64, Table, text } from "#lib/table/table.js";
import { temporaryFolder } from "../temporary.js";

const root = temporaryFolder().path;
const launcher = resolve("bin", "nidslab");
const at = (name: string): string => {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  return join(root, name);
};
const run = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [launcher, ...args], {
    cwd: root,
    encoding: "utf8",
  });
  return { code: status, out: stdout, err: stderr };
};

const families = ["benign", "benign", "dos", "scan", "benign", "dos", "scan", "benign"];
const parts = ["train", "validation", "validation", "test", "test", "test", "test", "test"];
const measured = [1, 2, 3, 4, 5, 6, 7];
const scores: Record<string, number[]> = {
  good: [0.1, 0.9, 0.9, 0.2, 0.8, 0.7, 0.1],
  bad: [0.6, 0.4, 0.2, 0.7, 0.8, 0.3, 0.1],
};

function predictions(model: string, change: Record<string, Column> = {}): Promise<void> {
  const table: Record<string, Column> = {
    row_id: int64(measured),
    part: text(measured.map((row) => parts[row])),
    label: text(measured.map((row) => families[row])),
    family: text(measured.map((row) => families[row])),
    score: float64(scores[model]),
    decision: int64(scores[model].map((score) => (score >= 0.5 ? 1 : 0))),
  };
  return writeParquet(
    at(`artifacts/eval/site/${model}/predictions.parquet`),
    Table.of({ ...table, ...change }),
  );
}

beforeAll(async () => {
  writeFileSync(at(".dvc/config"), "");
  cpSync("dvc.yaml", at("dvc.yaml"));
  const params = parse(readFileSync("params.yaml", "utf8"));
  params.run = { splits: ["site"], models: ["good", "bad"], notebooks: [] };
  Object.assign(params.models, { good: params.models.majority, bad: params.models.logistic });
  writeFileSync(at("params.yaml"), stringify(params));
  const row_id = int64(families.map((_, row) => row));
  await writeParquet(
    at("artifacts/flows.parquet"),
    Table.of({ row_id, label: text(families), family: text(families) }),
  );
  await writeParquet(at("artifacts/splits/site.parquet"), Table.of({ row_id, part: text(parts) }));
  for (const model of ["good", "bad"]) {
    writeFileSync(at(`artifacts/models/site/${model}/model.json`), JSON.stringify({ type: model, seed: 42 }));
    await predictions(model);
  }
});

describe("run-stage paired", () => {
  it("writes every pair of validation and test", () => {
    expect(run("run-stage", "paired", "site").code).toBe(0);
    const file = JSON.parse(readFileSync(at("reports/paired/site.json"), "utf8"));
    expect(Object.keys(file.parts)).toEqual(["test", "validation"]);
    expect(file.parts.test).toMatchObject({ n: 5, units: { count: 5, few: true } });
    expect(file.parts.test.pairs[0]).toMatchObject({
      a: "good",
      b: "bad",
      mcnemar: { only_a: 3, only_b: 0 },
    });
  });

  it("compares with the best on validation alone where eval.pairs says so", () => {
    const params = readFileSync(at("params.yaml"), "utf8");
    const { models, ...rest } = parse(params).run;
    const reversed = { ...rest, models: models.toReversed() };
    const content = parse(params);
    writeFileSync(
      at("params.yaml"),
      stringify({ ...content, run: reversed, eval: { ...content.eval, pairs: "best" } }),
    );
    const { err } = run("run-stage", "paired", "site");
    writeFileSync(at("params.yaml"), params);
    expect(err).toContain("paired site: 2 models, 1 pairs, each with good");
    const { control, parts: found } = JSON.parse(readFileSync(at("reports/paired/site.json"), "utf8"));
    expect(control).toEqual({
      model: "good",
      chosen: "highest average precision on the validation part of split site",
    });
    expect(found.test.pairs[0]).toMatchObject({ a: "good", b: "bad" });
  });

  it.each<[string, Record<string, Column>, string]>([
    [
      "unknown and missing rows",
      { row_id: int64([1, 2, 3, 4, 5, 6, 9]) },
      "unknown row ids (1: 9) and missing rows (1: 7)",
    ],
    ["NaN scores", { score: float64([0.1, 0.9, Number.NaN, 0.2, 0.8, 0.7, 0.1]) }, "row 3 has the score NaN"],
    [
      "a class that the model does not know",
      { predicted: text([..."bbbbbb", "worm"]), p_b: float64([1, 1, 1, 1, 1, 1, 1]) },
      "row 7 is predicted as worm, a class that the model does not know (has: b)",
    ],
  ])("refuses %s by name", async (_, change, message) => {
    await predictions("bad", change);
    const { code, err } = run("run-stage", "paired", "site");
    await predictions("bad");
    expect(code).toBe(1);
    expect(err).toContain("predictions: artifacts/eval/site/bad/predictions.parquet");
    expect(err).toContain(message);
  });

  it("refuses a unit that the data do not have", () => {
    const params = readFileSync(at("params.yaml"), "utf8");
    writeFileSync(at("params.yaml"), params.replace("unit: flow", "unit: campaign"));
    const { code, err } = run("run-stage", "paired", "site");
    writeFileSync(at("params.yaml"), params);
    expect(code).toBe(1);
    expect(err).toContain('column "campaign" (eval.bootstrap.unit) is not in artifacts/flows.parquet');
  });
});

describe("nidslab compare", () => {
  const [good, bad] = ["artifacts/models/site/good", "artifacts/models/site/bad"];

  it("shows two models on the same rows, and which rows flipped", () => {
    const { code, out } = run("compare", good, bad, "--resamples", "200");
    expect(code).toBe(0);
    expect(out).toMatch(/^type +good +bad$/m);
    expect(out).toMatch(/^recall +1\.0000 +0\.3333 +-0\.6667 +\[/m);
    expect(out).toMatch(/^scan +2 +2 +0$/m);
    const { models } = JSON.parse(run("compare", good, bad, "--json").out);
    expect(models[0].paired.flips).toEqual([
      { family: "scan", n: 2, only_a: [3, 6], only_b: [] },
      { family: "benign", n: 2, only_a: [4], only_b: [] },
    ]);
  });

  it("says in a line that two versions are the same", () => {
    const { code, out } = run("compare", "workspace", "workspace", "--model", "good");
    expect(code).toBe(0);
    expect(out).toMatch(
      /^site\/good, test part, 5 rows: the same \(.*recall 1\.0000.*\); no row flipped\.$/m,
    );
  });

  it("refuses models on different test rows, and what is no version, by name", async () => {
    await predictions("bad", { row_id: int64([1, 2, 3, 4, 5, 6, 9]) });
    const other = run("compare", good, bad);
    await predictions("bad");
    expect([other.code, other.err]).toEqual([
      1,
      expect.stringMatching(/are of different rows \(5 and 5; only in the first 1: 7/),
    ]);
    const unknown = run("compare", good, "nothing");
    expect([unknown.code, unknown.err]).toEqual([2, expect.stringMatching(/"nothing" is no model folder/)]);
    expect(run("compare", good, "workspce").err).toContain('Did you mean "workspace"?');
  });
});
