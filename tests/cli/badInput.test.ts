import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { hashBytes } from "#lib/base/hash.js";
import { onnxFile } from "../onnx/onnxFiles.js";
import { SmallProject } from "./project.js";

let project: SmallProject;
const log = "data/testbed/site-a/day1.conn.log.labeled";
const model = "artifacts/models/site/isolation";

beforeAll(async () => {
  project = new SmallProject("bad");
  await project.stages("ingest", "split site", "features site", "train site-isolation");
});
afterAll(() => project.remove());

/** Run it: it must fail with one message, no trace, and leave every file as it was. */
function fails(code: number, ...args: string[]): string {
  const before = project.hashes("artifacts", "reports", "data", "params.yaml", "dvc.lock");
  const result = project.nidslab(...args);
  expect(project.hashes("artifacts", "reports", "data", "params.yaml", "dvc.lock")).toEqual(before);
  expect(result.code).toBe(code);
  expect(result.err).not.toMatch(/^ {4}at |NIDSLAB_DEBUG/m);
  return result.err.replaceAll(`${project.root}/`, "");
}

describe("params.yaml", () => {
  const own = parse(readFileSync("params.yaml", "utf8"));
  const names = (section: "models" | "splits"): string => Object.keys(own[section]).join(", ");
  const original = (): void => project.setParams(() => undefined);

  it.each<[string, (params: Record<string, Record<string, never>>) => void, string]>([
    [
      "an unknown parameter",
      (p) => Object.assign(p.models.boosting, { tree: 5 }),
      'models.boosting: unknown key "tree". Did you mean "trees"?',
    ],
    [
      "an unknown key at the top",
      (p) => Object.assign(p, { sead: 5 }),
      'unknown key "sead". Did you mean "seed"?',
    ],
    [
      "a wrong type",
      (p) => Object.assign(p.models.boosting, { trees: "many" }),
      'models.boosting.trees: expected a number, found "many"',
    ],
    [
      "a recipe that there is not",
      (p) => Object.assign(p.splits, { random: { recipe: "stratifed", test: 0.3, validation: 0.2 } }),
      "splits.random.recipe: expected one of official, files, stratified, duplicates, hash, time, group, day, host, site, " +
        'capture, campaign, leave-one-attack-out, kfold, nested; found stratifed. Did you mean "stratified"?',
    ],
    [
      "a parameter out of range",
      (p) => Object.assign(p.models.boosting, { trees: 0 }),
      "models.boosting.trees: expected a number of at least 1, found 0",
    ],
    ["a missing key", (p) => delete p.seed, "seed is missing (expected a number)."],
    [
      "a model in run that is not defined",
      (p) => Object.assign(p.run, { models: ["bosting"] }),
      `run.models: "bosting" is not defined under models (has: ${names("models")}). Did you mean "boosting"?`,
    ],
  ])("%s is refused before anything runs", (_, change, message) => {
    project.setParams(change);
    expect(fails(255, "repro")).toBe(`ERROR: params: params.yaml: ${message}\n`);
    expect(fails(1, "run-stage", "ingest")).toBe(`nidslab: params: params.yaml: ${message}\n`);
    original();
  });

  it("names a split or model that it does not have", () => {
    expect(fails(1, "run-stage", "split", "sit")).toBe(
      `nidslab: split: no split "sit" under splits in params.yaml (has: ${names("splits")}). Did you mean "site"?\n`,
    );
    expect(fails(1, "run-stage", "train", "site-forst")).toMatch(
      /^nidslab: train: no model "forst" under models in params\.yaml \(has: .*\)\. Did you mean "forest"\?\n$/,
    );
  });

  it("shows where an error comes from when it is asked to", () => {
    const { code, err } = project.with({ NIDSLAB_DEBUG: "1" }, "run-stage", "split", "sit");
    expect(code).toBe(1);
    expect(err).toMatch(/^nidslab: split: no split "sit"/);
    expect(err).toMatch(/^ {4}at /m);
  });
});

describe("data", () => {
  function withData(change: (dataset: { path: string }, splits: Record<string, unknown>) => void): void {
    project.setParams((params) => change(params.dataset, params.splits));
  }

  it("says what to do when the data are not there", () => {
    const remedy =
      "dataset.path data/nothing is not there. Restore the default data with nidslab pull data.dvc, " +
      "or set dataset.path in params.yaml (or -S dataset.path=FOLDER) to where yours is.\n";
    withData((dataset) => {
      dataset.path = "data/nothing";
    });
    expect(fails(255, "repro")).toBe(
      `ERROR: failed to reproduce 'ingest': [Errno 2] No such file or directory: 'data/nothing'\n${remedy}`,
    );
    expect(fails(1, "run-stage", "ingest")).toBe(`nidslab: ingest: ${remedy}`);
    expect(fails(1, "predict", "--model", model, "--in", "nothing.log")).toBe(
      "nidslab: read: nothing.log is not there. Name a file or folder that nidslab datasets says can be read.\n",
    );
  });

  it("takes backslashes in dataset.path, in the graph too", () => {
    withData((dataset) => {
      dataset.path = "data\\testbed";
    });
    const before = project.hashes("artifacts/flows.parquet");
    expect(project.nidslab("repro", "ingest")).toMatchObject({ code: 0 });
    expect(project.hashes("artifacts/flows.parquet")).toEqual(before);
    expect(project.read("dvc.lock")).toContain("- path: data/testbed\n");
    expect(project.nidslab("repro", "ingest").out).toContain("Stage 'ingest' didn't change, skipping");
    rmSync(project.path("dvc.lock"));
  });

  it("names a column that the data do not have", () => {
    withData((_, splits) => {
      splits.site = { recipe: "group", by: "sites", test: ["b"], validation: 0.2 };
    });
    expect(fails(1, "run-stage", "split", "site")).toMatch(
      /^nidslab: split: column "sites" is not in artifacts\/flows\.parquet \(has: .*\)\. Did you mean "site"\? Choose another split\.recipe in params\.yaml or a dataset with such a column\.\n$/,
    );
  });

  it("counts rows with too few fields and names their lines", () => {
    const lines = project.read(log).trimEnd().split("\n");
    const first = lines.findIndex((line) => !line.startsWith("#"));
    for (const at of [first, first + 7]) lines[at] = lines[at].split("\t").slice(0, 9).join("\t");
    const before = project.hashes("artifacts");
    const kept = readFileSync(project.path("artifacts/flows.parquet"));
    const facts = project.read("artifacts/ingest.json");
    const audit = project.read("artifacts/audit.json");
    project.write("other/short.log", `${lines.join("\n")}\n`);
    withData((dataset) => {
      dataset.path = "other";
    });
    const { code, err } = project.nidslab("run-stage", "ingest");
    expect(code).toBe(0);
    const rows = lines.length - first;
    expect(err).toContain(`${rows} rows of 1 files (zeek): ${rows - 2} kept, 2 dropped`);
    expect(err).toContain(
      `dropped: 2 rows of short.log: too_few_fields (lines ${first + 1}, ${first + 8})\n`,
    );
    const { files } = JSON.parse(project.read("artifacts/ingest.json"));
    expect(files[0].dropped).toEqual({ too_few_fields: { count: 2, first_lines: [first + 1, first + 8] } });
    project.write("artifacts/flows.parquet", kept);
    project.write("artifacts/ingest.json", facts);
    project.write("artifacts/audit.json", audit);
    expect(project.hashes("artifacts")).toEqual(before);
  });

  it("refuses data with an empty class", async () => {
    const benign = project.read(log).split("\n");
    const kept = readFileSync(project.path("artifacts/flows.parquet"));
    const facts = project.read("artifacts/ingest.json");
    const onlyBenign = benign.filter((line) => !line.includes("\tMalicious\t")).join("\n");
    project.write("benign/site-a/day1.log", onlyBenign);
    project.write("benign/site-b/day1.log", onlyBenign);
    withData((dataset) => {
      dataset.path = "benign";
    });
    await project.stages("ingest");
    expect(fails(1, "run-stage", "split", "site")).toMatch(
      /^nidslab: split: the training part of recipe "group" has no attack \(\d+ rows, all benign\), so a classifier has nothing to tell apart\. Choose other shares or values in params\.yaml\.\n$/,
    );
    project.write("artifacts/flows.parquet", kept);
    project.write("artifacts/ingest.json", facts);
    project.setParams(() => undefined);
  });

  it("refuses a file that is of no known kind, and a damaged one", () => {
    project.write("note.txt", "hello\n");
    expect(fails(1, "predict", "--model", model, "--in", "note.txt")).toContain(
      "note.txt is of no known dialect (neither the header nor the columns of any dialect). See nidslab datasets for what can be read. A table of your own needs dataset.columns",
    );
    project.write("cut.parquet", readFileSync(project.path("artifacts/flows.parquet")).subarray(0, 2000));
    expect(fails(1, "predict", "--model", model, "--in", "cut.parquet")).toContain(
      "cut.parquet is not a readable Parquet file",
    );
  });
});

describe("a model folder", () => {
  /** Another model.onnx, whose hash stands in model.json: nothing but its content can tell. */
  function replaced(folder: string, onnx: Uint8Array): void {
    const info = JSON.parse(project.read(`${folder}/model.json`));
    project.write(`${folder}/model.onnx`, onnx);
    project.write(`${folder}/model.json`, JSON.stringify({ ...info, onnx_sha256: hashBytes(onnx) }));
  }

  it.each<[string, (folder: string) => void, RegExp]>([
    [
      "with one wrong byte in model.onnx",
      (folder) => {
        const bytes = readFileSync(project.path(`${folder}/model.onnx`));
        bytes[bytes.length >> 1] ^= 1;
        project.write(`${folder}/model.onnx`, bytes);
      },
      /^nidslab: onnx: m\/model\.onnx is not the file that model\.json describes \(SHA-256 \w{12}…, expected \w{12}…\): it is corrupt or was replaced\. Restore it or run nidslab repro\.\n$/,
    ],
    [
      "with half a model.json",
      (folder) => {
        const text = project.read(`${folder}/model.json`);
        project.write(`${folder}/model.json`, text.slice(0, text.length / 2));
      },
      /^nidslab: json: m\/model\.json is not valid JSON \(.*\)\. .*nidslab repro.*\n$/,
    ],
    [
      "with another model.json",
      (folder) => project.write(`${folder}/model.json`, '{"kind": "classifier"}'),
      /^nidslab: model: m\/model\.json has no "classes": it is not a model\.json of this kit\. .*nidslab repro.*\n$/,
    ],
    [
      "whose model.onnx keeps its values in another file",
      (folder) => replaced(folder, onnxFile("external")),
      /^nidslab: onnx: m\/model\.onnx keeps the values of "W" in another file \("external\.bin"\); a model of this kit is one file\. .*\n$/,
    ],
    [
      "whose model.onnx has a custom operator",
      (folder) => replaced(folder, onnxFile("custom")),
      /^nidslab: onnx: m\/model\.onnx uses the operator Magic of "com\.example", a custom one; .*\n$/,
    ],
    [
      "whose model.onnx takes other columns",
      (folder) => replaced(folder, onnxFile("whole")),
      /^nidslab: onnx: m\/model\.onnx takes 2 columns, model\.json lists \d+: the two files are not of one model\. .*\n$/,
    ],
    [
      "whose columns were changed",
      (folder) => {
        const info = JSON.parse(project.read(`${folder}/model.json`));
        [info.columns[0], info.columns[1]] = [info.columns[1], info.columns[0]];
        project.write(`${folder}/model.json`, JSON.stringify(info));
      },
      /^nidslab: model: m\/model\.json lists columns whose schema hash is \w{12}…, and records \w{12}…: its columns were changed\. .*\n$/,
    ],
    [
      "without model.onnx",
      (folder) => rmSync(project.path(`${folder}/model.onnx`)),
      /^nidslab: onnx: m\/model\.onnx is not there\. Run nidslab repro, or give --model another folder\.\n$/,
    ],
    [
      "without model.json",
      (folder) => rmSync(project.path(`${folder}/model.json`)),
      /^nidslab: predict: --model m holds no model\.json \(trained here: .*\)\.\n$/,
    ],
  ])("%s is refused and the old output stays", (_, damage, message) => {
    for (const file of ["model.json", "model.onnx"])
      project.write(`m/${file}`, readFileSync(project.path(`${model}/${file}`)));
    damage("m");
    project.write("reports/old.csv", "what was here\n");
    expect(fails(1, "predict", "--model", "m", "--in", log, "--out", "reports/old.csv")).toMatch(message);
    rmSync(project.path("m"), { recursive: true });
  });

  it("is not there yet", () => {
    expect(fails(1, "predict", "--in", log)).toBe(
      "nidslab: read: reports/best.json is not there. Run nidslab repro, which chooses one, or name a folder: " +
        "--model artifacts/models/<split>/<model>.\n",
    );
  });
});

/** Mount options of a folder, or why it cannot be mounted here. */
function mount(folder: string, ...options: string[]): boolean {
  return spawnSync("mount", ["-t", "tmpfs", "-o", options.join(","), "tmpfs", folder]).status === 0;
}

describe("continue_from", () => {
  it("is refused for a model of other columns, which are named", async () => {
    const params = (derived: readonly string[], entry: object): void =>
      project.setParams((p) => {
        p.features.derived = derived;
        p.run.models = ["isolation", "more"];
        p.models.more = { type: "gradient-boosting", trees: 3, early_stopping: null, ...entry };
      });
    params(["shares"], {});
    await project.stages("features site", "train site-more");
    cpSync(project.path("artifacts/models/site/more"), project.path("models/earlier"), { recursive: true });
    params([], { continue_from: "models/earlier" });
    await project.stages("features site");
    const said = fails(1, "run-stage", "train", "site-more");
    project.setParams(() => undefined);
    await project.stages("features site");
    expect(said).toMatch(/^nidslab: .*models\/earlier.*missing now: \w*share/m);
  });
});

describe("a disk that cannot be written", () => {
  it("is full: the old file stays, and the same command works when there is room again", (context) => {
    const disk = project.path("small");
    mkdirSync(disk, { recursive: true });
    if (!mount(disk, "size=64k")) context.skip("a small disk can be mounted by root only");
    try {
      project.write("small/flows.csv", "old\n");
      project.write("small/flows.parquet", "old\n");
      try {
        writeFileSync(`${disk}/filler`, Buffer.alloc(1 << 20));
      } catch {
        // It is full now.
      }
      const write = (name: string) =>
        project.nidslab("predict", "--model", model, "--in", log, "--out", `small/${name}`);
      for (const name of ["flows.csv", "flows.parquet"]) {
        const { code, err } = write(name);
        expect(code).toBe(1);
        expect(err).toContain(
          `nidslab: write: small/${name}: the disk is full. Free some space and run the same command again; what was ` +
            "there before is untouched.\n",
        );
        expect(project.read(`small/${name}`)).toBe("old\n");
      }
      expect(readdirSync(disk).sort()).toEqual(["filler", "flows.csv", "flows.parquet"]);
      rmSync(`${disk}/filler`);
      for (const name of ["flows.csv", "flows.parquet"]) {
        expect(write(name).code).toBe(0);
        expect(project.read(`small/${name}`)).not.toBe("old\n");
      }
    } finally {
      spawnSync("umount", [disk]);
    }
  });

  it("is read-only", (context) => {
    const disk = project.path("fixed");
    mkdirSync(disk, { recursive: true });
    const isRoot = process.getuid?.() === 0;
    if (isRoot && !mount(disk, "ro"))
      context.skip("root may write everywhere, and nothing can be mounted here");
    if (!isRoot) spawnSync("chmod", ["555", disk]);
    try {
      expect(fails(1, "predict", "--model", model, "--in", log, "--out", "fixed/flows.csv")).toContain(
        "nidslab: write: fixed/flows.csv: writing there is not permitted. Check the permissions of its folder.\n",
      );
      expect(fails(1, "predict", "--model", model, "--in", log, "--out", "fixed/flows.parquet")).toContain(
        "nidslab: write: fixed/flows.parquet: writing there is not permitted. Check the permissions of its folder.\n",
      );
    } finally {
      if (isRoot) spawnSync("umount", [disk]);
    }
  });
});
