import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SmallProject } from "./project.js";

let project: SmallProject;
beforeAll(async () => {
  project = new SmallProject("search");
  project.setParams((params) => {
    Object.assign(params.models, {
      searched: {
        type: "logistic",
        view: "scaled",
        select: { by: "forest", keep: 5, trees: 10, repeats: 3 },
        search: { candidates: 3, over: { l2: { from: 0.1, to: 10, log: true } }, by: "folds" },
      },
      nothing: { type: "logistic", view: "scaled", select: { by: "l1", l1: 1e9 } },
    });
  });
  await project.stages("ingest", "split site", "features site");
});
afterAll(() => project.remove());

describe("search and select from the command line", () => {
  it("leave what was tried and chosen in the model's folder", () => {
    const { code, err } = project.nidslab("run-stage", "train", "site-searched");
    expect([code, err.includes("search: chosen l2 ")]).toEqual([0, true]);
    const at = "artifacts/models/site/searched";
    expect(project.read(`${at}/cv_results.csv`).split("\n")[0]).toBe(
      "candidate,param_l2,mean,sd,fold_1,fold_2,fold_3,rank",
    );
    expect(project.read(`${at}/selection.csv`).split("\n")[0]).toBe("column,kept,place,score,selected_in");
  });

  it("say when a selection keeps no column", () => {
    const { code, err } = project.nidslab("run-stage", "train", "site-nothing");
    expect(code).toBe(1);
    expect(err).toMatch(
      /nidslab: select: by l1 no column of view "scaled" is kept: l1 1000000000 leaves none/,
    );
  });

  it("say when there are more components than columns", () => {
    project.setParams((params) => {
      Object.assign(params.views, {
        wide: [{ keep: ["orig_bytes", "resp_bytes"] }, { pca: { components: 9 } }],
      });
    });
    const { code, err } = project.nidslab("run-stage", "features", "site");
    expect(code).toBe(1);
    expect(err).toMatch(/nidslab: features: view "wide": pca: components is 9, and there are \d columns?\./);
  });

  it("name every fault of a search before anything runs", () => {
    project.setParams((params) => {
      Object.assign(params.models, {
        unknown: { type: "random-forest", search: { over: { tres: [1] } } },
        range: { type: "random-forest", search: { over: { trees: [0] } } },
        empty: { type: "random-forest", search: { over: { trees: [] } } },
        metric: { type: "isolation-forest", search: { over: { trees: [5] }, metric: "macro_f1" } },
        form: { type: "random-forest", search: { over: { trees: 5 } } },
      });
    });
    const { code, err } = project.nidslab("run-stage", "train", "site-searched");
    expect(code).toBe(1);
    for (const line of [
      /models\.unknown\.search\.over: "tres" is no parameter of random-forest/,
      /models\.range\.search\.over\.trees: 0 is not possible: expected a number of at least 1/,
      /models\.empty\.search\.over\.trees: is empty: a value at least is expected/,
      /models\.metric\.search\.metric: isolation-forest gives a score and no threshold before it is chosen/,
      /models\.form\.search\.over\.trees: expected a list of values, or \{from, to, log, steps\}/,
    ])
      expect(err).toMatch(line);
  });
});
