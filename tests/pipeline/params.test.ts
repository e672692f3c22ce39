import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type Params, parseParams, readParams } from "#lib/pipeline/params.js";
import { temporaryFolder } from "../temporary.js";

type Changes = Readonly<Record<string, unknown>>;

/** The project's own params.yaml with values put at dotted paths; undefined takes a key away. */
function changed(changes: Changes): unknown {
  const params = parse(readFileSync("params.yaml", "utf8"));
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split(".");
    const last = keys.pop() ?? "";
    const at = keys.reduce((map, key) => map[key], params);
    if (value === undefined) delete at[last];
    else at[last] = value;
  }
  return params;
}

const parsed = (changes: Changes): Params => parseParams(changed(changes));

describe("parseParams", () => {
  it("takes the project's params.yaml and fills in defaults", () => {
    const { boosting, isolation } = parsed({}).models;
    expect(boosting).toMatchObject({ view: "raw", profile: "realistic", early_stopping: 20 });
    expect(isolation.decision).toEqual({ rule: "benign-quantile", contamination: 0.02 });
  });

  it.each<[string, Changes, RegExp]>([
    ["an unknown key", { sede: 1 }, /unknown key "sede"\. Did you mean "seed"\?/],
    ["a missing key", { threads: undefined }, /threads is missing \(expected a number\)/],
    [
      "a view that a search names",
      { "models.forest.search": { over: { view: ["raw", "skaled"] } } },
      /models\.forest\.search\.over\.view: "skaled" is not under views\. Did you mean "scaled"\?/,
    ],
    [
      "a misspelt step of a view",
      { "views.scaled": [{ quantiles: 32 }] },
      /params\.yaml: views\.scaled\.0: unknown key "quantiles"\. Did you mean "quantile"\?$/,
    ],
    ["a wrong type", { seed: "42" }, /seed: expected a number, found "42"/],
    [
      "a group of context that is not computed",
      { "models.gru.context": ["arrivals", "damped"] },
      /models\.gru\.context: "damped" is not in features\.context\.groups \(has: responder, arrivals\)\. Add it there, /,
    ],
    [
      "a group of context where there is none",
      { "features.context": null, "models.gru.context": ["arrivals"] },
      /models\.gru\.context: features\.context is null, so that there is no "arrivals"\. Add features\.context: /,
    ],
    [
      "a group of context that does not exist",
      { "models.gru.context": ["arival"] },
      /models\.gru\.context\.0: expected one of responder, .*, found "arival"\. Did you mean "arrivals"\?/,
    ],
    ["no group of context", { "models.gru.context": [] }, /models\.gru\.context: /],
    [
      "a model's key",
      { "models.forest.treees": 1 },
      /models\.forest: unknown key "treees"\. Did you mean "trees"\?/,
    ],
    [
      "a key of another type of model",
      { "models.isolation.learning_rate": 1 },
      /models\.isolation: unknown key "learning_rate"\.$/,
    ],
    [
      "class weights of a model that takes none",
      { "models.isolation.class_weight": "balanced" },
      /models\.isolation\.class_weight: isolation-forest cannot take class weights \(can: logistic, .*random-forest, .*\)$/,
    ],
    [
      "resampling of a detector",
      { "models.isolation.resample": { smote: {} } },
      /models\.isolation\.resample: isolation-forest is fitted on benign rows alone/,
    ],
    [
      "a mixer of a model that learns all rows at once",
      { "models.forest.mixer": { type: "random" } },
      /models\.forest\.mixer: random-forest does not learn batch by batch, .* \(does: sgd, perceptron, passive-aggressive\)$/,
    ],
    [
      "calibration of a detector",
      { "models.isolation.decision": { rule: "fpr-budget", fpr: 0.01, calibration: "platt" } },
      /models\.isolation: calibration platt .* has a score and no probability .* calibration: none\.$/,
    ],
    [
      "a default calibration that a detector of the run would take",
      { decision: { rule: "max-f1", calibration: "isotonic" }, "models.isolation.decision": undefined },
      /models\.isolation: calibration isotonic /,
    ],
    [
      "a rule without its share",
      { decision: { rule: "recall-at-precision" } },
      /decision\.precision is missing/,
    ],
    [
      "SMOTE with class weights",
      { "models.forest.resample": { smote: {} }, "models.forest.class_weight": "balanced" },
      /models\.forest\.resample: smote and class_weight correct .* twice\. Leave one out, or set resample\.allow_both: true$/,
    ],
    [
      "SMOTE with copies",
      { "models.forest.resample": { smote: {}, oversample: {} } },
      /models\.forest\.resample: smote and oversample add rows both: choose one$/,
    ],
    [
      "a key of SMOTE",
      { "models.forest.resample": { smote: { kk: 3 } } },
      /models\.forest\.resample\.smote: unknown key "kk"\. Did you mean "k"\?/,
    ],
    [
      "a balancing mixer with class weights",
      { "models.online": { type: "sgd", class_weight: "effective", mixer: { type: "balanced" } } },
      /models\.online\.mixer: the balanced mixer and class_weight correct .* twice/,
    ],
    [
      "a value out of range",
      { "models.forest.trees": 0 },
      /models\.forest\.trees: expected a number of at least 1, found 0$/,
    ],
    [
      "a model's word that is neither a number",
      { "models.forest.max_features": "sqr" },
      /max_features: expected one of sqrt, all or a number, found "sqr"\. Did you mean "sqrt"\?/,
    ],
    [
      "a key of a model inside an ensemble",
      { "models.votes": { type: "voting", models: [{ type: "logistic", l3: 1 }, { type: "knn" }] } },
      /models\.votes\.models\.0: unknown key "l3"\. Did you mean "l[12]"\?/,
    ],
    ["a set of columns", { "features.columns": "flows" }, /features\.columns: .*"flow"/],
    [
      "a policy of attempts",
      { "labels.attempted": "error" },
      /labels\.attempted: expected one of .*own.*, found "error"/,
    ],
    ["a view", { "models.forest.view": "scaledd" }, /"scaledd" is not under views.*Did you mean "scaled"\?/],
    ["a seed twice", { "models.forest.seeds": [42, 42] }, /models\.forest\.seeds: a seed stands there twice/],
    ["a model", { "run.models": ["forrest"] }, /"forrest" is not defined .*Did you mean "forest"\?/],
    [
      "a k-fold split as headline",
      { "splits.site": { recipe: "kfold", folds: 5, kind: "stratified", validation: 0.2 } },
      /headline: "site" is a k-fold split, which has no test part: name a split that has one/,
    ],
    ["a headline that is not run", { "report.headline": "day" }, /headline: "day" is not in run\.splits/],
    ["a name twice", { "run.splits": ["site", "site"] }, /run\.splits: "site" is named twice/],
  ])("refuses %s by name", (_, changes, message) => {
    expect(() => parsed(changes)).toThrow(message);
  });

  it("takes files that lack what came later", () => {
    expect(parsed({}).features.columns).toBeUndefined();
    const { labels, features, views } = parsed({
      ...{ "labels.attempted": "own", "labels.taxonomy": "cic-2018", "features.columns": "ml-ids-68" },
      ...{ "views.cleaned": [{ clean: "ml-ids" }] },
    });
    expect([labels.attempted, labels.taxonomy, features.columns]).toEqual(["own", "cic-2018", "ml-ids-68"]);
    expect(views.cleaned).toEqual([{ clean: "ml-ids" }]);
  });

  it("lets both corrections pass where that is asked for", () => {
    const both = { class_weight: "effective", resample: { smote: {}, allow_both: true } };
    expect(parsed({ "models.forest": { type: "random-forest", ...both } }).models.forest).toMatchObject({
      class_weight: "effective",
      resample: { smote: { k: 5, target: "balanced", by: "class", distance: "standardised" } },
    });
  });

  it("lists every fault", () => {
    expect(() => parsed({ seed: -1, threads: 0 })).toThrow(/has 2 faults:\n {2}seed.*\n {2}threads/);
  });
});

describe("readParams", () => {
  it("names the file without the folder that it is in", () => {
    const folder = temporaryFolder();
    const path = `${folder.path}/params.yaml`;
    expect(() => readParams(path)).toThrow(/^params: params\.yaml is not there\. Run nidslab in/);
    writeFileSync(path, "seed: [");
    expect(() => readParams(path)).toThrow(/^params: params\.yaml is not valid YAML: /);
    writeFileSync(path, "seeed: 1");
    expect(() => readParams(path)).toThrow(/^params: (?!.*\/).*params\.yaml/);
  });
});
