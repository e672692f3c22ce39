import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readParquet } from "#lib/table/parquet.js";
import { SmallProject } from "./project.js";

let project: SmallProject;
const log = "data/testbed/site-b/day1.conn.log.labeled";

beforeAll(async () => {
  project = new SmallProject("predict");
  await project.stages(
    "ingest",
    "split site",
    "features site",
    "train site-boosting",
    "train site-isolation",
  );
  project.setParams((params) => {
    params.task.target = "family";
    params.models.forest.trees = 5;
  });
  await project.stages("train site-forest");
  project.setParams(() => undefined);
  project.write(
    "reports/best.json",
    JSON.stringify({ split: "site", model: "boosting", path: "artifacts/models/site/boosting" }),
  );
});
afterAll(() => project.remove());

type Row = Readonly<Record<string, string>>;

function parseCsv(text: string): Row[] {
  const [names, ...lines] = text.trimEnd().split("\n");
  return lines.map((line) => {
    const cells = line.split(",");
    return Object.fromEntries(names.split(",").map((name, i) => [name, cells[i]]));
  });
}

/** The log with other columns: `change` gets the cells of the #fields line and of each row. */
function changed(name: string, change: (cells: string[], isHeader: boolean) => string[]): string {
  const lines = project.read(log).trimEnd().split("\n");
  const text = lines.map((line) => {
    if (line.startsWith("#fields")) return ["#fields", ...change(line.split("\t").slice(1), true)].join("\t");
    return line.startsWith("#") ? line : change(line.split("\t"), false).join("\t");
  });
  return project.write(name, `${text.join("\n")}\n`);
}

const fieldNames = (): string[] =>
  project
    .read(log)
    .split("\n")
    .find((line) => line.startsWith("#fields"))!
    .split("\t")
    .slice(1);

function without(...names: string[]): (cells: string[]) => string[] {
  const drop = names.map((name) => fieldNames().indexOf(name));
  return (cells) => cells.filter((_, i) => !drop.includes(i));
}

describe("predict", () => {
  it("scores with the champion, a line a row on stdout", () => {
    const { code, out, err } = project.nidslab("predict", "--in", log);
    expect(code).toBe(0);
    const rows = parseCsv(out);
    const threshold = JSON.parse(project.read("artifacts/models/site/boosting/model.json")).threshold;
    expect(rows.map(({ row }) => Number(row))).toEqual([...rows.keys()]);
    expect(Object.keys(rows[0])).toEqual(["row", "decision", "class", "score", "p_benign", "p_attack"]);
    for (const { decision, score, class: name } of rows) {
      expect(decision).toBe(Number(score) >= threshold ? "1" : "0");
      expect(name).toBe(decision === "1" ? "attack" : "benign");
    }
    expect(err).toContain(
      `predict: site/boosting (gradient-boosting): ${rows.filter(({ decision }) => decision === "1").length} of ` +
        `${rows.length} flows at or above the frozen threshold ${threshold}`,
    );
  });

  it("writes the same numbers as CSV and Parquet, with hosts beside them, and takes backslashes", async () => {
    const run = (out: string, hosts: string) =>
      project.nidslab(
        ...["predict", "--in", log.replaceAll("/", "\\"), "--model", "artifacts\\models\\site\\isolation"],
        ...["--out", out, "--hosts", hosts, "--threshold", "0.5"],
      );
    expect(run("out\\flows.csv", "out\\hosts.csv")).toMatchObject({ code: 0, out: "" });
    const { code, err } = run("out/flows.parquet", "out/hosts.parquet");
    expect(code).toBe(0);
    expect(err).toContain("given threshold (override) 0.5");
    for (const name of ["flows", "hosts"]) {
      const rows = parseCsv(project.read(`out/${name}.csv`));
      const table = await readParquet(project.path(`out/${name}.parquet`));
      expect(
        table.objects().map((row) => Object.fromEntries(Object.entries(row).map(([k, v]) => [k, String(v)]))),
      ).toEqual(rows);
    }
    const flows = parseCsv(project.read("out/flows.csv"));
    for (const { score, decision, threshold_override } of flows)
      expect([decision, threshold_override]).toEqual([Number(score) >= 0.5 ? "1" : "0", "0.5"]);
    const hosts = parseCsv(project.read("out/hosts.csv"));
    const sum = (rows: Row[], name: string): number => rows.reduce((a, row) => a + Number(row[name]), 0);
    expect(sum(hosts, "flows")).toBe(flows.length);
    expect(sum(hosts, "alerts")).toBe(sum(flows, "decision"));
  });

  it("says which rows could not be read, and keeps the numbers of the others", () => {
    const lines = project.read(log).split("\n");
    const first = lines.findIndex((line) => !line.startsWith("#"));
    lines[first + 1] = lines[first + 1].split("\t").slice(0, 5).join("\t");
    lines[first + 3] = "x";
    project.write("holes.log", lines.slice(0, first + 6).join("\n"));
    const { code, out, err } = project.nidslab("predict", "--in", "holes.log");
    expect(code).toBe(0);
    expect(parseCsv(out).map(({ row }) => row)).toEqual(["0", "2", "4", "5"]);
    expect(err).toContain(
      `predict: 2 rows of holes.log could not be read: too_few_fields (lines ${first + 2}, ${first + 4})\n`,
    );
  });

  it("needs no labels, and names columns that it has no use for", () => {
    const labels = without("label", "detailed-label");
    changed("extra.log", (cells, isHeader) => [...labels(cells), isHeader ? "community_id" : "1:x"]);
    const { code, out, err } = project.nidslab("predict", "--in", "extra.log");
    expect([code, out]).toEqual([0, project.nidslab("predict", "--in", log).out]);
    expect(err).toMatch(
      /columns that the model does not take are ignored: .*\borig_port\b.*\bcommunity_id\n/,
    );
  });

  it("refuses data that lack a column of the model, unless told to take it as missing", () => {
    changed("lack.log", without("service"));
    const refused = project.nidslab("predict", "--in", "lack.log", "--out", "lack.csv");
    expect([refused.code, refused.out]).toEqual([1, ""]);
    expect(refused.err).toMatch(
      /^nidslab: predict: the data lack 1 of the model's \d+ columns: service\..* pass --fill-missing/,
    );
    expect(project.hashes("lack.csv")).toEqual({});
    const filled = project.nidslab("predict", "--in", "lack.log", "--fill-missing");
    expect(filled.code).toBe(0);
    expect(filled.err).toContain("predict: columns that the data lack count as missing: service\n");
    const service = fieldNames().indexOf("service");
    changed("unset.log", (cells, isHeader) =>
      cells.map((cell, i) => (i === service && !isHeader ? "-" : cell)),
    );
    expect(filled.out).toBe(project.nidslab("predict", "--in", "unset.log").out);
  });

  it("names the class of an attack with a model of many classes", () => {
    const model = "artifacts/models/site/forest";
    const { classes } = JSON.parse(project.read(`${model}/model.json`)) as { classes: string[] };
    expect(classes.length).toBeGreaterThan(3);
    const { code, out } = project.nidslab("predict", "--in", log, "--model", model);
    expect(code).toBe(0);
    for (const row of parseCsv(out)) {
      const p = classes.map((name) => Number(row[`p_${name}`]));
      expect(p.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
      expect(Number(row.score)).toBeCloseTo(1 - p[0], 6);
      expect(row.class).toBe(
        row.decision === "0" ? "benign" : classes[p.indexOf(Math.max(...p.slice(1)), 1)],
      );
    }
  });

  it("refuses a model of other data, and hosts of data without addresses", () => {
    const rows = ["tcp,http,SF", "udp,domain_u,SF"].map((start) => `0,${start},${"0,".repeat(37)}normal,21`);
    project.write("KDDTest+.txt", `${rows.join("\n")}\n`);
    const other = project.nidslab("predict", "--in", "KDDTest+.txt", "--out", "kdd.csv");
    expect(other.code).toBe(1);
    expect(other.err).toMatch(
      /predict: the data lack \d+ of the model's \d+ columns: .* Choose a model of the same/,
    );
    const hosts = project.nidslab(
      ...["predict", "--in", "KDDTest+.txt", "--fill-missing", "--out", "kdd.csv", "--hosts", "hosts.csv"],
    );
    expect(hosts.code).toBe(1);
    expect(hosts.err).toContain(
      "nidslab: predict: --hosts needs originator addresses, which these data do not have. Leave --hosts out.\n",
    );
    expect(project.hashes("kdd.csv", "hosts.csv")).toEqual({});
  });

  it("writes where a network puts each flow, and refuses a model that does not say", async () => {
    project.setParams((params) => {
      params.models.mlp = { type: "mlp", context: false, hidden: [8, 3], epochs: 1, embedding_output: true };
    });
    await project.stages("train site-mlp");
    project.setParams(() => undefined);
    const model = ["--model", "artifacts/models/site/mlp", "--in", log];
    const run = project.nidslab("predict", ...model, "--out", "rows.csv", "--embedding", "places.csv");
    expect(run.code).toBe(0);
    const [rows, places] = ["rows.csv", "places.csv"].map((name) => parseCsv(project.read(name)));
    expect(places.map(({ row }) => row)).toEqual(rows.map(({ row }) => row));
    const names = Object.keys(places[0]).filter((name) => name !== "row");
    expect(names).toEqual(["e1", "e2", "e3"]);
    expect(new Set(places.map((row) => names.map((name) => row[name]).join())).size).toBeGreaterThan(1);
    expect(places.every((row) => names.every((name) => Number(row[name]) >= 0))).toBe(true); // behind a relu
    const none = project.nidslab("predict", "--in", log, "--embedding", "none.csv", "--out", "none-rows.csv");
    expect(none.code).toBe(1);
    expect(none.err).toMatch(/embedding_output/);
    expect(project.hashes("none.csv", "none-rows.csv")).toEqual({});
  });

  it.each([
    [["--bogus"], "predict: Unknown option '--bogus'"],
    [["more.log"], "predict: Unexpected argument 'more.log'"],
    [["--threshold", "high"], 'predict: --threshold expects a number, found "high".'],
    [["--threads", "0"], 'predict: --threads expects a whole number from 1 to 999, found "0".'],
    [["--out", "flows.txt"], "predict: flows.txt ends neither in .csv nor in .parquet"],
    [
      ["--out", "x.csv", "--hosts", "./x.csv"],
      "predict: --in, --out, --hosts and --embedding must be different files.",
    ],
  ])("%j is wrong usage", (args, message) => {
    const { code, out, err } = project.nidslab("predict", "--in", log, ...args);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(`nidslab: ${message}`);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
  });

  it.skipIf(!existsSync("/dev/full"))("does not end well when its output cannot be written", () => {
    const { code, err } = project.shell(`"$NODE" "$NIDSLAB" predict --in ${log} > /dev/full`);
    expect(code).toBe(1);
    expect(err).toContain(
      "nidslab: stdout: the disk is full. Free some space and run the same command again.\n",
    );
  });
});
