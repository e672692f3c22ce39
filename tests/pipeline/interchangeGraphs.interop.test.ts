import { execFileSync } from "node:child_process";
import { cpSync, symlinkSync } from "node:fs";
import { resolve } from "node:path";
import { it } from "vitest";
import { all, replace } from "./edits.js";
import { randomScenario } from "./randomGraph.js";
import type { Sandbox } from "./sandbox.js";
import { besideDvc } from "./twin.js";

/** How many random graphs: more than the few of CI by NIDSLAB_RANDOM_GRAPHS. */
const graphs = Number(process.env.NIDSLAB_RANDOM_GRAPHS ?? 2);

/** This project as it lies here, with what its stages need to run, and the smallest configuration that runs all of them. */
function ownProject(box: Sandbox): void {
  const names = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    encoding: "utf8",
  });
  for (const name of [...names.split("\0").filter((each) => each !== ""), "dist"])
    cpSync(name, box.path(name), { recursive: true, preserveTimestamps: true });
  symlinkSync(resolve("node_modules"), box.path("node_modules"));
  all(
    replace("params.yaml", "splits: [site, random]", "splits: [random]"),
    replace("params.yaml", /models:\n( {2}- .*\n)+/, "models: [majority]\n"),
    // DVC reads and writes the whole lock at each stage: of what this configuration leaves out, some is enough.
    replace(
      "dvc.lock",
      /^ {2}(train|eval|explain|notebook)@(?!site-majority:|random-majority:).*:\n( {4}.*\n)+/gm,
      "",
    ),
    replace("params.yaml", /notebooks:\n( {2}- .*\n)+/, "notebooks: []\n"),
    replace("params.yaml", "headline: site", "headline: random"),
    replace("params.yaml", "rows: null", "rows: 400"),
    replace("params.yaml", "resamples: 1000", "resamples: 10"),
  )(box);
  box.git("add", "-A");
  box.git("commit", "-qm", "a");
  box.nidslab("pull", "data.dvc");
}

besideDvc("nidslab and dvc on whole graphs", (play) => {
  it("this project's own", () =>
    play({
      files: {},
      prepare: ownProject,
      byStage: true,
      unordered: "DVC takes the files in the order in which the file system lists them",
      movedFolders: "the headline split is another one than in the committed lock",
      steps: [{ what: "the smallest configuration" }],
    }));

  it("a stage that takes another folder", () =>
    play({
      files: {
        "a/x": "1\n",
        "b/x": "2\n",
        "dvc.yaml": "stages:\n  s:\n    cmd: cat a/x b/x > out\n    deps: [a]\n    outs: [out]\n",
      },
      movedFolders: "the second step is about that",
      steps: [
        { what: "the first folder" },
        { what: "the second folder", edit: replace("dvc.yaml", "deps: [a]", "deps: [b]") },
      ],
    }));

  for (let seed = 1; seed <= graphs; seed++) {
    it(`random graph ${seed}`, () => play(randomScenario(seed, 5)));
  }
});
