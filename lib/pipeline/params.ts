import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { parseDocument } from "yaml";
import { z } from "zod";
import { codeOf, messageOf, ParamsError } from "../base/errors.js";
import { didYouMean } from "../base/nearest.js";
import { datasetParams, labelParams } from "../dataset/params.js";
import { bootstrapParams } from "../eval/bootstrapParams.js";
import { decisionRule, uncalibrated } from "../eval/decision.js";
import { defaultWindows, windowParams } from "../eval/overTime.js";
import { pairChoices } from "../eval/paired.js";
import { clusterParams } from "../explain/clusters/params.js";
import { crossParams, matricesOf } from "../explain/cross/params.js";
import { leakParams } from "../explain/leaks/params.js";
import { defaultExplain, explainParams } from "../explain/params.js";
import { columnSets } from "../features/columnSets.js";
import { type ContextGroup, contextParams } from "../features/context/params.js";
import { derivedGroups } from "../features/derived.js";
import { viewParams } from "../features/views.js";
import { definitionOf, modelParams } from "../models/registry.js";
import { searchedViews } from "../models/search/params.js";
import { hasFolds, splitRecipe } from "../split/recipe.js";
import { faultsOf, faultsText } from "./paramFaults.js";

const splitName = z.string().regex(/^[a-z0-9_]+$/, "a split's name is made of a-z, 0-9 and _");
const modelName = z.string().regex(/^[a-z0-9_-]+$/, "a model's name is made of a-z, 0-9, _ and -");

const schema = z.strictObject({
  seed: z.int().min(0),
  dataset: datasetParams,
  labels: labelParams,
  audit: z.strictObject({ shortcuts: z.enum(["report", "error"]) }).default({ shortcuts: "report" }),
  task: z.strictObject({ target: z.enum(["binary", "family", "label"]) }),
  features: z.strictObject({
    derived: z.array(z.enum(derivedGroups)),
    columns: z.enum(columnSets).optional(),
    context: contextParams.nullable().default(null),
  }),
  views: viewParams,
  run: z.strictObject({
    splits: z.array(splitName).min(1),
    models: z.array(modelName).min(1),
    notebooks: z.array(z.string()),
  }),
  splits: z.record(splitName, splitRecipe),
  models: z.record(modelName, modelParams),
  decision: decisionRule,
  eval: z.strictObject({
    bootstrap: bootstrapParams,
    pairs: z.enum(pairChoices).default("auto"),
    windows: windowParams.default(defaultWindows),
  }),
  cluster: clusterParams.default(null),
  cross: crossParams.default(null),
  leaks: leakParams.default(null),
  explain: explainParams.default(defaultExplain),
  report: z.strictObject({ headline: splitName }),
  threads: z.int().min(1).max(256),
});

/** params.yaml, checked. Everything after this trusts it. */
export type Params = z.infer<typeof schema>;

/**
 * Check the content of params.yaml: unknown keys (with the nearest known one), missing keys, wrong types, impossible
 * values, and names in `run` that are not defined.
 * @throws ParamsError that lists every fault
 */
export function parseParams(content: unknown, path = "params.yaml"): Params {
  const result = schema.safeParse(content);
  if (!result.success)
    throw new ParamsError(faultsText(path, faultsOf(result.error.issues, content, schema)));
  const params = result.data;
  const undefinedNames = [
    ...params.run.splits
      .filter((name) => !(name in params.splits))
      .map((name) => unknownName("splits", name, params.splits)),
    ...params.run.models
      .filter((name) => !(name in params.models))
      .map((name) => unknownName("models", name, params.models)),
    ...Object.entries(params.models).flatMap(([name, { view, search }]) =>
      [
        { key: "view", view },
        ...searchedViews(search).map((each) => ({ key: "search.over.view", view: each })),
      ]
        .filter((named) => !(named.view in params.views))
        .map(
          (named) =>
            `models.${name}.${named.key}: "${named.view}" is not under views.${didYouMean(named.view, Object.keys(params.views))}`,
        ),
    ),
  ];
  const tried = [
    ...matricesOf(params.cross).flatMap(({ models }) => models.map((name) => ["cross.models", name])),
    ...(params.leaks === null ? [] : [["leaks.model", params.leaks.model]]),
  ];
  for (const [key, name] of tried) {
    const names = Object.keys(params.models);
    if (!names.includes(name))
      undefinedNames.push(
        `${key}: "${name}" is not defined under models (has: ${names.join(", ")}).${didYouMean(name, names)}`,
      );
    else if (params.models[name].search !== undefined)
      undefinedNames.push(
        `${key}: "${name}" has a search, and this stage fits models with fixed parameters: name another, or an entry ` +
          "with what the search chose (model.json)",
      );
  }
  if (params.cluster !== null && !(params.cluster.view in params.views)) {
    const { view } = params.cluster;
    undefinedNames.push(
      `cluster.view: "${view}" is not under views.${didYouMean(view, Object.keys(params.views))}`,
    );
  }
  for (const name of params.run.models) {
    const { type, decision = params.decision } = params.models[name] ?? {};
    const { calibration = "none" } = decision;
    if (type !== undefined && calibration !== "none" && definitionOf(type).kind === "detector")
      undefinedNames.push(`models.${name}: ${uncalibrated(calibration)}`);
  }
  if (!params.run.splits.includes(params.report.headline)) {
    undefinedNames.push(
      `report.headline: "${params.report.headline}" is not in run.splits (${params.run.splits.join(", ")})`,
    );
  }
  const headline = params.splits[params.report.headline];
  if (headline !== undefined && hasFolds(headline)) {
    undefinedNames.push(
      `report.headline: "${params.report.headline}" is a k-fold split, which has no test part: name a split that has one`,
    );
  }
  const groups = params.features.context?.groups ?? [];
  for (const [name, { context }] of Object.entries(params.models)) {
    const lacking = typeof context === "boolean" ? [] : context.filter((group) => !groups.includes(group));
    undefinedNames.push(...lacking.map((group) => unknownGroup(name, group, groups)));
  }
  for (const [key, names] of Object.entries(params.run)) {
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) undefinedNames.push(`run.${key}: "${twice}" is named twice`);
  }
  if (undefinedNames.length > 0) throw new ParamsError(faultsText(path, undefinedNames));
  return params;
}

function unknownName(section: "splits" | "models", name: string, known: object): string {
  const names = Object.keys(known);
  return `run.${section}: "${name}" is not defined under ${section} (has: ${names.join(", ")}).${didYouMean(name, names)}`;
}

function unknownGroup(model: string, group: ContextGroup, known: readonly ContextGroup[]): string {
  const why =
    known.length === 0
      ? `features.context is null, so that there is no "${group}". Add features.context: {flows: 100, seconds: [5, 60], groups: [${group}]}`
      : `"${group}" is not in features.context.groups (has: ${known.join(", ")}). Add it there`;
  return `models.${model}.context: ${why}, or leave it out here.`;
}

/** Read and check params.yaml. */
export function readParams(path: string): Params {
  const name = basename(path); // it stands in the project's folder, which errors need not repeat
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    const why = codeOf(cause) === "ENOENT" ? "is not there" : messageOf(cause);
    throw new ParamsError(
      `params: ${name} ${why}. Run nidslab in the project's folder, or restore it: git checkout params.yaml.`,
      { cause },
    );
  }
  const document = parseDocument(text.replace(/^\ufeff/, ""), { version: "1.2", uniqueKeys: true });
  if (document.errors.length > 0) {
    throw new ParamsError(`params: ${name} is not valid YAML: ${document.errors[0].message.split("\n")[0]}`);
  }
  return parseParams(document.toJS(), name);
}
