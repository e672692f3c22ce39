import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DvcServer, dvc } from "../pipeline/dvcServer.js";
import { Sandbox } from "../pipeline/sandbox.js";

const files = {
  ".dvc/config": "[core]\n    analytics = false\n",
  "dvc.yaml": `stages:
  prepare: {cmd: cp in.txt data.txt, deps: [in.txt], outs: [data.txt]}
  train:
    matrix: {kind: [a, b]}
    cmd: sh train.sh \${item.kind} \${lr}
    desc: "fits \${item.kind}"
    deps: [data.txt, train.sh]
    params: [lr]
    outs: ["m-\${item.kind}.txt"]
    metrics: [{"m-\${item.kind}.json": {cache: false}}]
    plots: [{"p-\${item.kind}.csv": {x: step, y: loss}}]
  join: {cmd: cat m-a.txt m-b.txt > all.txt, deps: [m-a.txt, m-b.txt], outs: [all.txt]}
params: [other.yaml]
plots:
- both:
    x: step
    y: {p-a.csv: loss, p-b.csv: loss}
- p-a.csv: {template: scatter}
- pictures
`,
  "train.sh":
    'printf "step,loss\\n0,$2\\n1,0.5\\n" > p-$1.csv\necho "{\\"loss\\": $2, \\"n\\": {\\"k\\": 2, \\"x\\": [1]}}" > m-$1.json\ncp data.txt m-$1.txt\n',
  "in.txt": "1\n",
  "params.yaml": "lr: 0.125\nlayers: [1, 2.5]\nname: x\n",
  "other.yaml": "q: {r: 1e-5}\n",
  "pictures/one.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>\n',
};

describe.skipIf(dvc === undefined)(
  "what nidslab and dvc report of one repository (skipped: set NIDSLAB_DVC to dvc's executable to run these)",
  () => {
    let box: Sandbox;
    let server: DvcServer;
    beforeAll(() => {
      server = new DvcServer(dvc as string);
      box = new Sandbox(files);
      box.nidslab("repro");
      box.git("add", "-A");
      box.git("commit", "-qm", "one");
      box.git("tag", "v1");
      box.write({ "params.yaml": "lr: 0.25\nlayers: [1, 3]\nextra: true\n" });
      box.nidslab("repro");
    });
    afterAll(() => {
      server.end();
      box.remove();
    });

    const both = async (line: string): Promise<[string, string]> => {
      const args = line.split(" ");
      const theirs = await server.call(box.root, args);
      const ours = box.nidslab(...args);
      expect([line, ours.code]).toEqual([line, theirs.code]);
      return [ours.stdout, theirs.stdout];
    };
    const sorted = (text: string): string[] => text.split("\n").sort();

    // Newer versions of tabulate draw the rule of a Markdown table without colons; DVC's contract has them.
    const withoutColons = (text: string): string => text.replaceAll("|:-", "|--");

    it.each([
      "stage list",
      "stage list --all --name-only",
      "stage list train",
      "stage list join train@a",
      "dag --dot",
      "dag --mermaid",
      "dag --md join",
      "dag --dot --outs",
      "dag --mermaid --collapse-foreach-matrix",
      "dag --dot --full prepare",
      "metrics show",
      "metrics show --md",
      "metrics show -T --precision 2",
      "metrics show m-a.json",
      "metrics diff",
      "metrics diff v1 --all",
      "metrics diff --no-path --md",
      "params diff",
      "params diff v1 --all",
      "params diff --deps --no-path",
      "params diff --targets other.yaml --all",
      "plots templates",
    ])("%s: the same lines", async (line) => {
      const [ours, theirs] = await both(line);
      expect(sorted(withoutColons(ours))).toEqual(sorted(withoutColons(theirs)));
    });

    it.each([
      "metrics show --json",
      "metrics show -a --json",
      "metrics diff --json",
      "params diff --all --json",
    ])("%s: the same data", async (line) => {
      const [ours, theirs] = await both(line);
      expect(JSON.parse(ours)).toEqual(JSON.parse(theirs));
    });

    // The specification's own text is not part of the contract; everything else is.
    const reduced = (text: string): unknown =>
      JSON.parse(text, (key, value) => (key === "content" ? value.data : value));

    it.each([
      "plots show --json",
      "plots show --json both",
      "plots show --json --split both",
      "plots diff --json",
      "plots diff --json v1",
      "plots diff --json v1 HEAD --targets both",
      "plots show --json -x step -y loss p-b.csv",
      "plots show --json -x nope p-b.csv",
    ])("%s: the same plots and rows", async (line) => {
      const [ours, theirs] = (await both(line)).map(reduced);
      expect(ours).toEqual(theirs);
    });
  },
);
