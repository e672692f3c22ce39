import { appendFileSync, rmSync } from "node:fs";
import { expect, it } from "vitest";
import { dvc } from "./dvcServer.js";
import { all, objectOf, remove, removeObject, replace } from "./edits.js";
import { type Outcome, Sandbox } from "./sandbox.js";
import { besideDvc, type Step, sortedNames } from "./twin.js";

const files = {
  "dvc.yaml": `stages:
  prepare:
    cmd: bash prepare.sh
    deps: [in.txt, prepare.sh]
    outs: [data]
  fit:
    cmd: cat data/a params.yaml > model && echo '{"n":1}' > m.json
    deps: [data]
    params: [lr, net.depth]
    outs: [model]
    metrics: [{m.json: {cache: false}}]
  report:
    cmd: wc -c < model > report.txt
    deps: [model]
    params: [{sizes.json: }]
    outs: [report.txt]
`,
  "params.yaml": "lr: 10\nnet: {depth: 3, sizes: [1, 2]}\n",
  "sizes.json": '{"wide": [1, 2.50, 1e-5], "deep": {"a": null}}\n',
  "in.txt": "one\n",
  "prepare.sh": "mkdir -p data/b && cp in.txt data/a && wc -c < in.txt > data/b/n\n",
};
const fresh: Step = { what: "fresh" };

besideDvc("nidslab and dvc after edits", (play) => {
  it("the server of the tests answers what dvc's executable does", async () => {
    const { DvcServer } = await import("./dvcServer.js");
    const server = new DvcServer(dvc as string);
    const [one, two] = [new Sandbox(files), new Sandbox(files)];
    try {
      for (const args of [
        ["repro"],
        ["status", "--json"],
        ["repro", "-f", "fit"],
        ["repro", "nope"],
        ["nope"],
      ]) {
        const [ofServer, ofDvc] = [
          await server.call(two.root, args),
          one.runWith(server.env, dvc as string, ...args),
        ];
        const sets = (outcome: Outcome): Outcome => ({ ...outcome, stdout: sortedNames(outcome.stdout) });
        expect(sets(ofServer)).toEqual(sets(ofDvc));
      }
    } finally {
      server.end();
      for (const box of [one, two]) box.remove();
    }
  });

  it("a fresh run, and again", () => play({ files, byStage: true, steps: [fresh, { what: "again" }] }));

  it("parameters", () =>
    play({
      files,
      byStage: true,
      steps: [
        fresh,
        { what: "10 -> 10.0 is no change", edit: replace("params.yaml", "10", "10.0") },
        { what: "nested", edit: replace("params.yaml", "depth: 3", "depth: 4") },
        { what: "one that no stage names", edit: replace("params.yaml", "[1, 2]", "[1, 2, 3]") },
        { what: "a list in a whole file", edit: replace("sizes.json", "2.50", "2.75") },
        { what: "a key less in a whole file", edit: replace("sizes.json", ', "deep": {"a": null}', "") },
        { what: "a key more in a whole file", edit: replace("sizes.json", "{", '{"new": true, ') },
        {
          what: "a mapping instead of a number",
          edit: replace("params.yaml", "lr: 10.0", "lr: &lr {a: [1, *x]}".replace("*x", "'x: y'")),
        },
      ],
    }));

  it("a parameter that is gone, and its file", () =>
    play({
      files,
      steps: [
        fresh,
        { what: "a key", edit: replace("params.yaml", "lr: 10\n", ""), settled: false, code: 255 },
        { what: "back", edit: replace("params.yaml", "net", "lr: 10\nnet") },
        { what: "the file", edit: remove("sizes.json"), settled: false, code: 255 },
      ],
    }));

  it("code, and a stage that makes the same again", () =>
    play({
      files,
      byStage: true,
      steps: [
        fresh,
        {
          what: "a comment: what depends on it is not run",
          edit: (box) => appendFileSync(box.path("prepare.sh"), "# no more\n"),
        },
        {
          what: "more in its folder",
          edit: (box) => appendFileSync(box.path("prepare.sh"), "echo 1 > data/c\n"),
        },
        { what: "data", edit: (box) => box.write({ "in.txt": "two\n" }) },
        {
          what: "data as it was: all comes from the run cache",
          edit: (box) => box.write({ "in.txt": "one\n" }),
        },
      ],
    }));

  it("outputs that are gone or edited", () =>
    play({
      files,
      byStage: true,
      steps: [
        fresh,
        { what: "a file", edit: remove("model") },
        { what: "a folder", edit: remove("data") },
        { what: "a file of a folder", edit: remove("data/b/n") },
        { what: "a metric that is not in the cache", edit: remove("m.json") },
        { what: "a file is another", edit: (box) => box.write({ model: "mine\n" }) },
        { what: "a file more in a folder", edit: (box) => box.write({ "data/mine": "1\n" }) },
        {
          what: "a file where a folder was",
          edit: all(remove("data"), (box) => box.write({ data: "1\n" })),
        },
        {
          what: "a folder where a file was",
          edit: all(remove("model"), (box) => box.write({ "model/x": "1\n" })),
        },
        { what: "everything", edit: remove("data", "model", "m.json", "report.txt") },
      ],
    }));

  it("cache entries that are gone", () =>
    play({
      files,
      byStage: true,
      steps: [
        fresh,
        { what: "a file's", edit: removeObject("model") },
        { what: "a folder's", edit: removeObject("data") },
        {
          what: "that of a file of a folder",
          edit: (box) => {
            const [{ md5 }] = JSON.parse(box.read(objectOf(box, "data"))) as { md5: string }[];
            rmSync(box.path(`.dvc/cache/files/md5/${md5.slice(0, 2)}/${md5.slice(2)}`));
          },
        },
        { what: "that of a kept metric", edit: removeObject("m.json") },
        {
          what: "and of a deleted output",
          edit: all(removeObject("model"), remove("model")),
        },
        { what: "runs", edit: all(remove(".dvc/cache/runs"), remove("report.txt")) },
        { what: "the cache", edit: remove(".dvc/cache") },
      ],
    }));

  it("no lock", () =>
    play({
      files,
      byStage: true,
      steps: [
        fresh,
        { what: "the lock is gone", edit: remove("dvc.lock") },
        { what: "and the outputs", edit: remove("dvc.lock", "data", "model", "m.json", "report.txt") },
        {
          what: "and an object",
          edit: all(removeObject("model"), remove("dvc.lock", "data", "model")),
        },
      ],
    }));

  it("stages that come, go and change their names", () =>
    play({
      files,
      byStage: true,
      steps: [
        fresh,
        {
          what: "a new one",
          edit: (box) =>
            appendFileSync(
              box.path("dvc.yaml"),
              "  count:\n    cmd: ls data > count\n    deps: [data]\n    outs: [count]\n",
            ),
        },
        { what: "another name", edit: replace("dvc.yaml", "  fit:", "  learn:") },
        { what: "another command", edit: replace("dvc.yaml", "wc -c < model", "wc -l < model") },
        {
          what: "another output",
          edit: replace(
            "dvc.yaml",
            "wc -l < model > report.txt\n    deps: [model]\n    params: [{sizes.json: }]\n    outs: [report.txt]",
            "wc -l < model > other.txt\n    deps: [model]\n    params: [{sizes.json: }]\n    outs: [other.txt]",
          ),
        },
        {
          what: "another output, that another stage needs",
          edit: (box) => box.write({ "dvc.yaml": box.read("dvc.yaml").replaceAll("model", "net") }),
        },
        {
          what: "another order",
          edit: (box) => {
            const [head, ...parts] = box.read("dvc.yaml").split(/^(?= {2}\w)/m);
            box.write({ "dvc.yaml": head + parts.reverse().join("") });
          },
        },
        {
          what: "one less",
          edit: (box) =>
            box.write({ "dvc.yaml": box.read("dvc.yaml").replace(/ {2}count:\n(?: {4}.*\n)*/, "") }),
        },
        { what: "the first output again", edit: (box) => box.write({ "dvc.yaml": files["dvc.yaml"] }) },
      ],
    }));
});
