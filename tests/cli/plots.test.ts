import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as vegaLite from "vega-lite";
import { afterEach, describe, expect, it } from "vitest";
import { loess } from "#lib/pipeline/reporting/plotCharts.js";
import { parseSeparated } from "#lib/pipeline/reporting/plotRows.js";
import { Sandbox } from "../pipeline/sandbox.js";

const files = {
  "dvc.yaml": `stages:
  t:
    cmd: "true"
    plots:
    - loss.csv: {x: epoch, y: valid, cache: false}
    - names.json: {template: confusion, x: guess, y: truth, cache: false}
plots:
- loss.csv
- both:
    x: epoch
    y: {loss.csv: [train, valid]}
    title: Both <losses>
- pictures
`,
  "loss.csv": "epoch,train,valid\n0,1.0,2.0\n1,0.5,1.5\n",
  "names.json": '{"deep": [{"truth": "a", "guess": "b"}, {"truth": "a", "guess": "a"}]}',
  "pictures/one.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>',
};

interface Entry {
  type: string;
  revisions: string[];
  content: { $schema: string; data: { values: Record<string, unknown>[] } };
  url: string;
}

let box: Sandbox;
afterEach(() => box.remove());

function make(extra: Readonly<Record<string, string>> = {}): Sandbox {
  box = new Sandbox({ ...files, ...extra });
  return box;
}

function json(...args: string[]): { data: Record<string, Entry[]>; errors?: object[] } {
  const { code, stdout } = box.nidslab("plots", ...args, "--json");
  expect([args, code]).toEqual([args, 0]);
  return JSON.parse(stdout);
}

describe("plots show --json", () => {
  it("has DVC's ids, rows and revisions", () => {
    make();
    const { data, errors } = json("show");
    expect(errors).toBeUndefined();
    expect(Object.keys(data)).toEqual([
      "dvc.yaml::loss.csv",
      "loss.csv",
      "both",
      "pictures/one.svg",
      "names.json",
    ]);
    expect(data["loss.csv"][0]).toMatchObject({ type: "vega", revisions: ["workspace"] });
    expect(data["loss.csv"][0].content.data.values).toEqual([
      { epoch: "0", train: "1.0", valid: "2.0", rev: "workspace" },
      { epoch: "1", train: "0.5", valid: "1.5", rev: "workspace" },
    ]);
    // Without x the rows are counted; without y the last column is taken.
    expect(data["dvc.yaml::loss.csv"][0].content.data.values[1]).toMatchObject({ step: 1, valid: "1.5" });
    expect(data.both[0].content.data.values).toHaveLength(4);
    expect(data.both[0].content.data.values[2]).toMatchObject({
      field: "valid",
      dvc_inferred_y_value: "2.0",
    });
    expect(data["names.json"][0].content.data.values[0]).toEqual({
      truth: "a",
      guess: "b",
      rev: "workspace",
    });
    expect(data["pictures/one.svg"][0].url).toBe(box.path("dvc_plots/workspace_pictures_one.svg"));
  });

  it.each([
    "simple",
    "linear",
    "confusion",
    "confusion_normalized",
    "scatter",
    "scatter_jitter",
    "smooth",
    "bar_horizontal",
    "bar_horizontal_sorted",
  ])("%s is Vega-Lite 5 that compiles, with every anchor filled", (template) => {
    make();
    const { content } = json("show", "both", "-t", template).data.both[0];
    expect(content.$schema).toContain("vega-lite/v5");
    expect(JSON.stringify(content)).not.toContain("<DVC_METRIC");
    expect(() => vegaLite.compile(content as unknown as vegaLite.TopLevelSpec)).not.toThrow();
  });

  it("takes a template of the user's from .dvc/plots", () => {
    const own = '{"title": "<DVC_METRIC_TITLE>!", "data": {"values": "<DVC_METRIC_DATA>"}, "mark": "bar"}';
    make({ ".dvc/plots/mine.json": own });
    const { content } = json("show", "both", "-t", "mine").data.both[0];
    expect(content).toMatchObject({ title: "Both <losses>!", mark: "bar" });
    expect(content.data.values[0]).toMatchObject({ filename: "loss.csv", field: "train" });
  });

  it("says what is wrong and goes on", () => {
    make();
    const { data, errors } = json("show", "-x", "nope", "both");
    expect(data.both).toEqual([]);
    expect(errors).toEqual([
      {
        name: "both",
        rev: "workspace",
        type: "FieldNotFoundError",
        msg: "Could not find provided field ('nope') in data fields ('epoch, train, valid').",
      },
    ]);
    expect(box.nidslab("plots", "show", "--open")).toMatchObject({ code: 254 });
    expect(box.nidslab("plots", "show", "-t", "nope")).toMatchObject({
      code: 1,
      stderr: "ERROR: Template 'nope' not found.\n",
    });
  });
});

describe("plots diff", () => {
  it("lays revisions over one another, the workspace first", () => {
    make();
    box.git("add", "-A");
    box.git("commit", "-qm", "one");
    box.write({ "loss.csv": "epoch,train,valid\n0,9.0,8.0\n" });
    const [entry] = json("diff", "--targets", "both").data.both;
    expect(entry.revisions).toEqual(["workspace", "HEAD"]);
    expect(entry.content.data.values.map(({ rev }) => rev)).toEqual([
      "workspace",
      "workspace",
      "HEAD",
      "HEAD",
      "HEAD",
      "HEAD",
    ]);
  });
});

describe("the page", () => {
  it("is one file that loads nothing, at the address that is printed", () => {
    make();
    const { code, stdout, stderr } = box.nidslab("plots", "show", "-o", "out");
    expect([code, stderr]).toEqual([0, ""]);
    expect(fileURLToPath(stdout.trim())).toBe(box.path("out/index.html"));
    const page = readFileSync(box.path("out/index.html"), "utf8");
    expect(page).toContain("<h2>Both &lt;losses&gt;</h2>");
    expect(page).not.toMatch(/<(?:script|img|link)[^>]+(?:src|href)="https?:/);
    const figures = /<script type="application\/json" id="figures">(.*?)<\/script>/s.exec(
      page,
    ) as RegExpExecArray;
    const drawn = Object.values(JSON.parse(figures[1])) as { data: { name: string; y: number[] }[] }[];
    expect(drawn.map(({ data }) => data.length)).toEqual([1, 1, 2, 1]);
    expect(drawn[2].data.map(({ name, y }) => [name, y])).toEqual([
      ["train", [1, 0.5]],
      ["valid", [2, 1.5]],
    ]);
  });

  it("is not written when there are no plots", () => {
    make({ "dvc.yaml": "stages: {a: {cmd: 'true'}}\n" });
    expect(box.nidslab("plots", "show")).toEqual({
      code: 0,
      stdout: "",
      stderr: "No plots were loaded, visualization file will not be created.\n",
    });
  });
});

it("reads quoted fields, blank lines and both line ends", () => {
  make();
  expect(parseSeparated('a,"b ""c"", d"\r\n\r\n1,\n', ",")).toEqual([
    ["a", 'b "c", d'],
    ["1", ""],
  ]);
});

it("smooths a straight line to itself", () => {
  make();
  expect(loess([0, 1, 2, 3], [1, 3, 5, 7], 0.75).map((y) => y.toFixed(6))).toEqual([
    "1.000000",
    "3.000000",
    "5.000000",
    "7.000000",
  ]);
});
