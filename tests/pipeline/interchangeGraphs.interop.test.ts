import { execFileSync } from "node:child_process";
import { cpSync, symlinkSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { all, replace } from "./edits.js";
import { randomScenario } from "./randomGraph.js";
import type { Sandbox } from "./sandbox.js";
import { besideDvc } from "./twin.js";

/** How many random graphs: more than the few of CI by NIDSLAB_RANDOM_GRAPHS. */
const graphs = Number(process.env.NIDSLAB_RANDOM_GRAPHS ?? 3);

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
    (own) => {
      const list = /models:\n( {2}- .*\n)+/;
      expect(own.read("params.yaml")).toMatch(list);
      own.write({ "params.yaml": own.read("params.yaml").replace(list, "models: [majority]\n") });
    },
    replace("params.yaml", "notebooks: [01-eda, 02-split, 03-baselines]", "notebooks: []"),
    replace("params.yaml", "headline: site", "headline: random"),
    replace("params.yaml", "rows: null", "rows: 400"),
    replace("params.yaml", "resamples: 1000", "resamples: 10"),
  )(box);
  box.git("add", "-A");
  box.git("commit", "-qm", "a");
  box.nidslab("pull", "data.dvc");
}

besideDvc("nidslab and dvc on whole graphs", (play) => {
  // KNOWN TO FAIL since the stage explain is there: DVC leaves two more .dir objects in its cache (folders that stages depend
  // on) than we do; locks and outputs agree. Mend it, then take `.fails` away.
  it.fails("this project's own", () =>
    play({
      files: {},
      prepare: ownProject,
      byStage: true,
      unordered: "DVC takes the files in the order in which the file system lists them",
      steps: [
        { what: "the smallest configuration" },
        { what: "a parameter", edit: replace("params.yaml", "test: 0.3", "test: 0.4") },
      ],
    }));

  for (let seed = 1; seed <= graphs; seed++) {
    it(`random graph ${seed}`, () => play(randomScenario(seed, 5)));
  }
});
