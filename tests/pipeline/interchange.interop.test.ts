import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DvcServer, dvc, withoutDvc } from "./dvcServer.js";
import { Sandbox } from "./sandbox.js";
import { play } from "./twin.js";

const chain = {
  "dvc.yaml": `stages:
  prepare:
    cmd: mkdir -p data && cp in.txt data/a && wc -c < in.txt > data/n
    deps: [in.txt]
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
    outs: [report.txt]
`,
  "params.yaml": "lr: 10\nnet: {depth: 3, sizes: [1, 2]}\n",
  "in.txt": "one\n",
};

describe.skipIf(dvc === undefined)(`nidslab and dvc are interchangeable ${withoutDvc}`, () => {
  let server: DvcServer;
  beforeAll(() => {
    server = new DvcServer(dvc as string);
  });
  afterAll(() => server.end());

  it("dvcServer.py answers what the executable does", async () => {
    const [one, two] = [new Sandbox(chain), new Sandbox(chain)];
    try {
      for (const args of [
        ["repro"],
        ["status"],
        ["status", "--json"],
        ["repro", "-f"],
        ["repro", "nope"],
        ["nope"],
      ]) {
        const real = one.runWith(server.env, dvc as string, ...args);
        expect(await server.call(two.root, args)).toEqual(real);
      }
    } finally {
      for (const box of [one, two]) box.remove();
    }
  });

  it("a fresh run, then nothing", () =>
    play(server, { files: chain, byStage: true, steps: [{ what: "fresh" }, { what: "again" }] }));

  it("a parameter edit", () =>
    play(server, {
      files: chain,
      byStage: true,
      steps: [
        { what: "fresh" },
        {
          what: "10 -> 10.0 is no change",
          edit: (box) => box.write({ "params.yaml": "lr: 10.0\nnet: {depth: 3, sizes: [1, 2]}\n" }),
        },
        { what: "a nested key", edit: (box) => box.write({ "params.yaml": "lr: 10.0\nnet: {depth: 4}\n" }) },
      ],
    }));
});
