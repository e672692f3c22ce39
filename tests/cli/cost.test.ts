import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { recordCost } from "#lib/base/cost.js";
import { temporaryFolder } from "../temporary.js";

const folder = temporaryFolder();

function cost(cwd: string, ...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [resolve("bin/nidslab"), "cost", ...args], {
    cwd,
    encoding: "utf8",
  });
  return { code: status, out: stdout, err: stderr };
}

beforeAll(() => {
  const common = { type: "made", onnx_bytes: 2048, operations: 500, threads: 2 };
  const write = (name: string, part: object): void =>
    recordCost(`${folder.path}/runs/cost/${name}.json`, part as never);
  write("site-forest", {
    ...{ ...common, split: "site", model: "forest" },
    train: { seconds: 1.25, cpu_seconds: 2.5, rows: 100, fits: 1, peak_mib: 300 },
    eval: { us_per_flow: 4.5, cpu_us_per_flow: 8, flows: 1000, peak_mib: 200 },
  });
  write("cv-tree", { ...common, split: "cv", model: "tree", operations: null });
  folder.write("runs/cost/odd.json", '{"stage": "ingest", "seconds": 1}');
  folder.write("reports/metrics/site/forest.json", '{"test": {"average_precision": 0.875}}');
  folder.write("reports/metrics/cv/tree.json", '{"cv": {"average_precision": 0.5}}');
});

it("shows what was measured beside what it buys, and a dash where nothing was", () => {
  const { code, out } = cost(folder.path);
  expect(code).toBe(0);
  const cells = out
    .trim()
    .split("\n")
    .map((line) => line.split(/ {2,}/));
  expect(cells).toEqual([
    [
      "split",
      "model",
      "AP",
      "fit s",
      "cpu s",
      "us/flow",
      "cpu us/flow",
      "train MiB",
      "eval MiB",
      "bytes",
      "operations",
    ],
    ["cv", "tree", "0.500", "–", "–", "–", "–", "–", "–", "2048", "–"],
    ["site", "forest", "0.875", "1.25", "2.50", "4.50", "8.00", "300", "200", "2048", "500"],
  ]);
});

it("gives JSON, a page and a figure", () => {
  const { out, err } = cost(
    folder.path,
    "--json",
    "--html",
    "c.html",
    "--figure",
    "c.svg",
    "--split",
    "site",
  );
  expect(JSON.parse(out)).toMatchObject([{ split: "cv" }, { split: "site", average_precision: 0.875 }]);
  expect(err).toBe("c.html\nc.svg\n");
  expect(readFileSync(`${folder.path}/c.html`, "utf8")).toMatch(/<h2>Split site<\/h2>[\s\S]*forest/);
  expect(readFileSync(`${folder.path}/c.svg`, "utf8")).toMatch(
    /^<svg[\s\S]*Microseconds a flow[\s\S]*forest/,
  );
});

it.each([
  [["--figure", "c.png"], 2, "cost: --figure c.png: a name that ends in .svg was expected."],
  [["--split", "site"], 2, "cost: --split says what --figure shows"],
  [
    ["--figure", "c.svg", "--split", "sit"],
    2,
    'no model was measured on split "sit" (has: cv, site). Did you mean "site"?',
  ],
])("refuses %j", (args, code, message) => {
  const result = cost(folder.path, ...args);
  expect(result.code).toBe(code);
  expect(result.err).toContain(message);
});

it("says where measurements come from when there are none", () => {
  folder.write("empty/params.yaml", "");
  const { code, err } = cost(`${folder.path}/empty`);
  expect(code).toBe(1);
  expect(err).toContain(
    "runs/cost holds no measurements. They are made where train and eval run: nidslab repro",
  );
});
