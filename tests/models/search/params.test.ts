import { describe, expect, it } from "vitest";
import { modelParams } from "#lib/models/registry.js";

/** What is wrong with an entry, as `path: message`. */
function faults(entry: object): string[] {
  const result = modelParams.safeParse(entry);
  return result.success
    ? []
    : result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
}
const forest = (search: object): string[] => faults({ type: "random-forest", search });

describe("search of a model's entry", () => {
  it("takes lists and ranges of the model's own parameters", () => {
    expect(
      forest({ over: { trees: [50, 100], max_features: ["sqrt", 0.5], min_leaf: { from: 1, to: 9 } } }),
    ).toEqual([]);
    expect(
      forest({
        method: "grid",
        over: { min_leaf: { from: 1, to: 9, steps: 3 }, class_weight: ["none", "balanced"] },
      }),
    ).toEqual([]);
    expect(forest({ by: "folds", folds: 4, groups: "host", over: { trees: [5] } })).toEqual([]);
  });
  it("takes view and select.keep as lists, the latter beside select alone", () => {
    const over = { view: ["raw", "scaled"], "select.keep": [5, 0.5], l2: [1] };
    const entry = { type: "logistic", select: { by: "mrmr", keep: 3 }, search: { over } };
    expect(faults(entry)).toEqual([]);
    expect(faults({ ...entry, select: undefined })).toEqual([
      "search.over.select.keep: goes with select: say there by what columns are chosen",
    ]);
    expect(faults({ ...entry, search: { over: { "select.keep": { from: 1, to: 9 } } } })).toEqual([
      "search.over.select.keep: give a list of values",
    ]);
    expect(faults({ ...entry, search: { over: { "select.keep": [0] } } })).toEqual([
      expect.stringMatching(/^search\.over\.select\.keep: 0 is not possible: /),
    ]);
  });
  it("names an unknown parameter, and the nearest one", () => {
    expect(forest({ over: { tres: [5] } })).toEqual([
      expect.stringMatching(
        /^search\.over: "tres" is no parameter of random-forest \(has: trees, .*Did you mean "trees"\?/,
      ),
    ]);
  });
  it("names a value out of the parameter's range, and the end of a range", () => {
    expect(forest({ over: { trees: [50, 0] } })).toEqual([
      expect.stringMatching(/^search\.over\.trees: 0 is not possible: expected a number of at least 1$/),
    ]);
    expect(forest({ over: { trees: { from: 1, to: 100_000 } } })).toEqual([
      expect.stringMatching(/^search\.over\.trees: 100000 is not possible: /),
    ]);
    expect(forest({ over: { max_features: ["sqt"] } })).toEqual([
      expect.stringMatching(/^search\.over\.max_features: "sqt" is not possible: .*sqrt.* or .*number/),
    ]);
  });
  it("refuses what holds nothing, and ranges that are none", () => {
    expect(forest({ over: {} })).toEqual([expect.stringContaining("search.over: is empty")]);
    expect(forest({ over: { trees: [] } })).toEqual([expect.stringContaining("search.over.trees: is empty")]);
    expect(forest({ over: { trees: { from: 9, to: 9 } } })).toEqual([expect.stringContaining("not below")]);
    expect(forest({ over: { bootstrap: { from: 0, to: 1 } } })).toEqual([
      expect.stringContaining("is no number"),
    ]);
    expect(faults({ type: "logistic", search: { over: { l2: { from: -1, to: 1, log: true } } } })).toEqual([
      expect.stringContaining("a logarithmic scale begins above 0"),
    ]);
  });
  it("refuses a grid without values, and one above the budget", () => {
    expect(forest({ method: "grid", over: { trees: { from: 1, to: 9 } } })).toEqual([
      expect.stringContaining("a grid needs values"),
    ]);
    expect(forest({ method: "grid", candidates: 3, over: { trees: [1, 2], min_leaf: [1, 2] } })).toEqual([
      expect.stringMatching(/^search\.candidates: the grid has 4 combinations, the budget is 3/),
    ]);
  });
  it("refuses a metric that a detector cannot have, and keys of folds without folds", () => {
    expect(
      faults({ type: "isolation-forest", search: { metric: "log_loss", over: { trees: [5] } } }),
    ).toEqual([expect.stringMatching(/^search\.metric: isolation-forest gives a score and no probability/)]);
    expect(faults({ type: "isolation-forest", search: { metric: "roc_auc", over: { trees: [5] } } })).toEqual(
      [],
    );
    expect(forest({ folds: 3, over: { trees: [5] } })).toEqual(["search.folds: goes with by: folds"]);
  });
  it("refuses class weights beside resampling in a list, too", () => {
    expect(
      faults({
        type: "random-forest",
        resample: { oversample: {} },
        search: { over: { class_weight: ["none", "balanced"] } },
      }),
    ).toEqual([expect.stringMatching(/^search\.over\.class_weight: oversample and class_weight correct/)]);
  });
});

describe("select of a model's entry", () => {
  it("is for classifiers, and says what stands in a detector's way", () => {
    expect(faults({ type: "random-forest", select: { by: "mrmr", keep: 0.5 } })).toEqual([]);
    expect(faults({ type: "isolation-forest", select: { by: "mrmr", keep: 5 } })).toEqual([
      expect.stringContaining("isolation-forest is fitted on benign rows alone"),
    ]);
    expect(faults({ type: "random-forest", select: { by: "mrmr" } })).toHaveLength(1);
  });
});
