import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { all, remove, removeObject, replace } from "./edits.js";
import { Sandbox, until } from "./sandbox.js";
import { differences, snapshot } from "./snapshot.js";
import { besideDvc, callProgram, type Step } from "./twin.js";

const files = {
  "dvc.yaml": `stages:
  a: {cmd: cat in > a.txt, deps: [in], outs: [a.txt]}
  b:
    cmd: mkdir b; cat a.txt > b/x; cat p.yaml > b/y
    deps: [a.txt]
    params: [{p.yaml: [p]}]
    outs: [b]
  c:
    cmd: cat b/x > c.txt; echo '{"c":1}' > c.json
    deps: [b]
    outs: [c.txt]
    metrics: [c.json: {cache: false}]
  side: {cmd: cat other > side.txt, deps: [other], outs: [side.txt]}
  end: {cmd: cat c.txt side.txt > end.txt, deps: [c.txt, side.txt], outs: [end.txt]}
`,
  in: "1\n",
  other: "x\n",
  "p.yaml": "p: 1\n",
  ".dvc/config":
    "[core]\n    analytics = false\n    remote = store\n['remote \"store\"']\n    url = ../store\n",
};
const fresh: Step = { what: "fresh" };
const newData = replace("in", "1", "2");

besideDvc("nidslab and dvc with options, failures and interruptions", (play, server) => {
  it("--no-commit, then commit", () =>
    play({
      files,
      steps: [
        { what: "nothing in the cache", call: ["repro", "--no-commit"], settled: false },
        { what: "again", call: ["repro", "--no-commit"], edit: newData, settled: false },
        { what: "committed", call: ["commit"], edit: (box) => box.write({ "a.txt": "2\n" }) },
      ],
    }));

  it("--force, --single-item, --downstream, targets", () =>
    play({
      files,
      steps: [
        { what: "one stage and what it needs", call: ["repro", "c"], settled: false },
        { what: "all forced", call: ["repro", "--force"] },
        { what: "one item", edit: newData, call: ["repro", "--single-item", "b"], settled: false },
        {
          what: "one item that has changed",
          edit: replace("in", "2", "3"),
          call: ["repro", "-s", "a"],
          settled: false,
        },
        { what: "one item forced", call: ["repro", "-s", "-f", "b"], settled: false },
        {
          what: "downstream",
          edit: all(replace("p.yaml", "1", "2"), replace("in", "3", "4")),
          call: ["repro", "--downstream", "b"],
          settled: false,
        },
        {
          what: "one forced, with what it needs",
          call: ["repro", "-f", "side"],
          edit: replace("other", "x", "y"),
          settled: false,
        },
        {
          what: "targets in another order, no lock",
          call: ["repro", "side", "b", "c"],
          edit: remove("dvc.lock"),
          settled: false,
        },
      ],
    }));

  it("--no-run-cache, --allow-missing, --dry", () =>
    play({
      files,
      steps: [
        {
          what: "dry, fresh",
          call: ["repro", "--dry"],
          settled: false,
          code: 255,
          otherWords: "DVC fails where a dependency is not made yet; ours names every stage that would run",
        },
        fresh,
        { what: "run again", edit: remove("c.txt", "dvc.lock"), call: ["repro", "--no-run-cache"] },
        {
          what: "dry, an output gone",
          edit: remove("b"),
          call: ["repro", "--dry"],
          settled: false,
          code: 255,
          otherWords: "as before",
        },
        {
          what: "missing allowed",
          edit: remove("b", "c.txt"),
          call: ["repro", "--allow-missing"],
          settled: false,
        },
        {
          what: "missing allowed, a change",
          edit: all(remove("a.txt"), replace("other", "x", "y")),
          call: ["repro", "--allow-missing"],
          settled: false,
        },
        {
          what: "missing allowed, an object gone",
          edit: all(removeObject("side.txt"), remove("side.txt")),
          call: ["repro", "--allow-missing"],
          settled: false,
        },
        { what: "all there again" },
      ],
    }));

  it("--pull, push and pull with a folder as remote", () =>
    play({
      files,
      unordered: "DVC takes the files in the order in which the file system lists them",
      steps: [
        { what: "data tracked", call: ["add", "other"], settled: false },
        fresh,
        { what: "pushed", call: ["push"], edit: () => undefined },
        {
          what: "pulled",
          edit: remove(".dvc/cache", "a.txt", "b", "other", "end.txt"),
          call: ["pull"],
          settled: false,
        },
        {
          what: "pulled while running",
          edit: remove(".dvc/cache", "other", "a.txt", "b", "c.txt", "side.txt"),
          call: ["repro", "--pull"],
        },
        {
          what: "pulled, new data",
          edit: all(remove(".dvc/cache", "side.txt"), newData),
          call: ["repro", "--pull"],
        },
        {
          what: "pulled, no lock",
          edit: remove(".dvc/cache", "dvc.lock", "end.txt"),
          call: ["repro", "--pull"],
        },
      ],
    }));

  const failing = replace("dvc.yaml", "cat a.txt > b/x;", "cat a.txt > b/x; exit 3;");
  const mended = replace("dvc.yaml", " exit 3;", "");
  it("a stage that fails", () =>
    play({
      files,
      steps: [
        { what: "fresh", edit: failing, settled: false, code: 255 },
        { what: "mended", edit: mended },
        { what: "failing again", edit: all(failing, newData), settled: false, code: 255 },
        { what: "as it was", edit: all(mended, replace("in", "2", "1")) },
        { what: "a dependency gone", edit: remove("other"), settled: false, code: 255 },
        {
          what: "an output not made",
          edit: all(
            (box) => box.write({ other: "x\n" }),
            replace("dvc.yaml", "cat other > side.txt", "cat other"),
          ),
          settled: false,
          code: 255,
        },
      ],
    }));

  it("a stage that fails, and the rest goes on", () =>
    play({
      files,
      steps: [
        { what: "fresh", edit: failing, call: ["repro", "-k"], settled: false, code: 255 },
        { what: "mended", edit: mended, call: ["repro", "--keep-going"] },
        {
          what: "ignored",
          edit: all(failing, replace("other", "x", "y")),
          call: ["repro", "--ignore-errors"],
          settled: false,
          code: 0,
        },
        { what: "mended again", edit: mended },
      ],
    }));

  for (const [first, second] of [
    ["ours", "theirs"],
    ["theirs", "ours"],
  ] as const) {
    for (const signal of ["SIGINT", "SIGKILL"] as const) {
      const names = { ours: "nidslab", theirs: "dvc" };
      it(`what ${signal} leaves of ${names[first]}, ${names[second]} finishes`, async () => {
        const slow = {
          ...files,
          "dvc.yaml": files["dvc.yaml"].replace(
            "cat p.yaml > b/y",
            "test -e go || { touch running; sleep 20; }; cat p.yaml > b/y",
          ),
        };
        const [box, undisturbed] = [new Sandbox(slow), new Sandbox(slow)];
        try {
          undisturbed.write({ go: "", running: "" });
          await callProgram(server(), second, undisturbed, ["repro"]);
          const child = box.startGroup(
            first === "ours" ? "nidslab" : (process.env.NIDSLAB_DVC as string),
            server().env,
            "repro",
          );
          const ended = new Promise<number | null>((done) => child.on("close", done));
          await until(() => existsSync(box.path("running")) || child.exitCode !== null);
          process.kill(-(child.pid as number), signal);
          const code = await ended;
          expect(code).toBe(signal === "SIGKILL" ? null : first === "ours" ? 252 : 255);
          box.write({ go: "" });
          const done = await callProgram(server(), second, box, ["repro"]);
          expect(done).toMatchObject({ code: 0 });
          expect(done.stdout).toMatch(/^Stage 'a' didn't change, skipping$/m);
          // DVC takes back all lines of a run that ends in an error, also those of stages that it has finished.
          if (first === "theirs" && signal === "SIGINT") replace(".gitignore", "/a.txt\n", "")(undisturbed);
          expect(differences(snapshot(box.root), snapshot(undisturbed.root))).toEqual([]);
          expect((await callProgram(server(), first, box, ["repro"])).stdout).not.toMatch(
            /^Running|is cached/m,
          );
        } finally {
          for (const each of [box, undisturbed]) each.remove();
        }
      });
    }
  }
});
