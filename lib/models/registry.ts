import { z } from "zod";
import { decisionRule } from "../eval/decision.js";
import { type ContextChoice, contextChoice } from "../features/context/params.js";
import { type ResampleParams, resampleParams } from "../features/resample/params.js";
import { type WindowParams, windowParams } from "../features/windows/params.js";
import { definition as bernoulliNb } from "./bayes/bernoulliNb.js";
import { definition as gaussianNb } from "./bayes/gaussianNb.js";
import { definition as catboost } from "./boosting/catboost.js";
import { definition as gradientBoosting } from "./boosting/gradientBoosting.js";
import { definition as lightgbm } from "./boosting/lightgbm.js";
import { definition as xgboost } from "./boosting/xgboost.js";
import type { ModelDefinition } from "./contract.js";
import { correctedTwice } from "./correctedTwice.js";
import { rankAverage } from "./ensemble/rankAverage.js";
import { stacking } from "./ensemble/stacking.js";
import { voting } from "./ensemble/voting.js";
import { guarded } from "./guard.js";
import { definition as linearSvm } from "./linear/linearSvm.js";
import { definition as logistic } from "./linear/logistic.js";
import { definition as majority } from "./majority.js";
import { definition as knn } from "./neighbors/knn.js";
import { definition as labelSpreading } from "./neighbors/labelSpreading.js";
import { definition as autoencoder } from "./neural/autoencoder.js";
import { definition as deepSvdd } from "./neural/deepSvdd.js";
import { definition as imported } from "./neural/imported.js";
import { definition as kitsune } from "./neural/kitsune.js";
import { definition as mlp } from "./neural/mlp.js";
import { definition as cnn } from "./neural/sequence/cnn.js";
import { gruDefinition as gru, lstmDefinition as lstm } from "./neural/sequence/recurrent.js";
import { definition as transformer } from "./neural/sequence/transformer.js";
import { definition as copod } from "./oneclass/copod.js";
import { definition as ecod } from "./oneclass/ecod.js";
import { definition as gmm } from "./oneclass/gmm.js";
import { definition as hbos } from "./oneclass/hbos.js";
import { definition as isolationForest } from "./oneclass/isolationForest.js";
import { definition as kde } from "./oneclass/kde.js";
import { definition as knnDistance } from "./oneclass/knnDistance.js";
import { definition as lof } from "./oneclass/lof.js";
import { definition as mahalanobis } from "./oneclass/mahalanobis.js";
import { definition as ocsvm } from "./oneclass/ocsvm.js";
import { definition as pca } from "./oneclass/pca.js";
import type { MixerParams } from "./online/mixerParams.js";
import { definition as passiveAggressive } from "./online/passiveAggressive.js";
import { definition as perceptron } from "./online/perceptron.js";
import { definition as sgd } from "./online/sgd.js";
import { type SearchParams, searchFaults, searchParams } from "./search/params.js";
import { type SelectParams, selectParams } from "./select/params.js";
import { definition as decisionTree } from "./trees/decisionTree.js";
import { definition as extraTrees } from "./trees/extraTrees.js";
import { definition as mlRandomForest } from "./trees/mlRandomForest.js";
import { definition as randomForest } from "./trees/randomForest.js";

/** Every model but ensembles. Adding one: its file, its import, and a line here. */
const models: readonly ModelDefinition[] = [
  majority,
  logistic,
  linearSvm,
  gaussianNb,
  bernoulliNb,
  decisionTree,
  randomForest,
  extraTrees,
  gradientBoosting,
  xgboost,
  lightgbm,
  catboost,
  isolationForest,
  pca,
  mahalanobis,
  hbos,
  ecod,
  copod,
  gmm,
  ocsvm,
  mlRandomForest,
  sgd,
  perceptron,
  passiveAggressive,
  knn,
  labelSpreading,
  knnDistance,
  lof,
  kde,
  mlp,
  cnn,
  gru,
  lstm,
  transformer,
  autoencoder,
  deepSvdd,
  kitsune,
  imported,
];

/** The same, refusing by name what no model of its kind can learn from. */
const single = models.map(guarded);
const classifiers = single.filter(({ kind, pretrained }) => kind === "classifier" && !pretrained);

/** Every model that params.yaml can name: those, and the ensembles that are made of them. */
export const definitions: readonly ModelDefinition[] = [
  ...single,
  guarded(voting(classifiers)),
  guarded(stacking(classifiers)),
  guarded(rankAverage(single.filter(({ kind }) => kind === "detector"))),
];

/** What every entry under `models` may say beside its own parameters; made once, because every start of a verb waits for it. */
const ofEveryModel = {
  profile: z
    .enum(["realistic", "oracle"])
    .default("realistic")
    .describe("columns that a sensor has, or those of a lab too"),
  context: contextChoice
    .default(true)
    .describe("columns of features.context: true all, false none (single flows), or groups of them"),
  seeds: z
    .array(z.int().min(0))
    .min(1)
    .refine((seeds) => new Set(seeds).size === seeds.length, "a seed stands there twice")
    .optional()
    .describe("train once a seed; the first is kept, the others give the spread"),
  decision: decisionRule.optional().describe("how its threshold is chosen; default: decision of params.yaml"),
  window: windowParams
    .optional()
    .describe("rows of the same host that it sees together, up to the one that it judges"),
  search: searchParams.optional().describe("how its own parameters are searched, inside the training part"),
};
const ofEveryClassifier = {
  resample: resampleParams.optional().describe("how its training rows are resampled"),
  select: selectParams.optional().describe("which columns of its view it gets, by the training labels"),
};

function entrySchema(definition: ModelDefinition): z.ZodObject {
  const own = definition.params as unknown as z.ZodObject;
  const entry = own.extend({
    type: z.literal(definition.type),
    view: z.string().default(definition.view).describe("the view (under views) that prepares its columns"),
    ...ofEveryModel,
    ...unsuitable(definition, own),
    ...(definition.kind === "classifier" ? ofEveryClassifier : {}),
  });
  return entry.superRefine((value, context) => {
    for (const { path, message } of [
      ...correctedTwice(value),
      ...(definition.problems?.(value as never) ?? []),
      ...searchFaults({ ...definition, shape: own.shape as never }, value),
      ...chosenAgain(value),
      ...windowFaults(definition, value),
    ])
      context.addIssue({ code: "custom", path, message });
  });
}

/** An earlier model that is taught on brings its parameters and columns. */
function chosenAgain(entry: Readonly<Record<string, unknown>>): { path: string[]; message: string }[] {
  if (entry.continue_from === undefined || entry.continue_from === null) return [];
  return ["search", "select"].flatMap((key) =>
    entry[key] === undefined
      ? []
      : [{ path: [key], message: "an earlier model goes on as it is: leave out this, or continue_from" }],
  );
}

/** A model that reads windows needs to be told of them, and what is chosen row by row does not go with any. */
function windowFaults(
  { type }: ModelDefinition,
  entry: Readonly<Record<string, unknown>>,
): { path: string[]; message: string }[] {
  const { window } = entry as { window?: WindowParams };
  const sequence = readsSequences({ ...entry, type });
  if (window === undefined) {
    const message = `${type} reads windows of rows: add window: {length: 16}`;
    return sequence ? [{ path: ["window"], message }] : [];
  }
  if (sequence && window.as !== "rows")
    return [
      { path: ["window", "as"], message: `${type} reads the rows of a window, and no summary of them` },
    ];
  return ["resample", "select", "continue_from"].flatMap((key) =>
    entry[key] === undefined || entry[key] === null
      ? []
      : [{ path: [key], message: "works on single rows: leave out this, or window" }],
  );
}

/** By a key of their own that not all models have: which ones do. */
const able = Object.fromEntries(
  ["class_weight", "sample_weight", "continue_from", "mixer"].map((key) => [
    key,
    definitions
      .flatMap((each) => (key in (each.params as unknown as z.ZodObject).shape ? [each.type] : []))
      .join(", "),
  ]),
);

/** Keys that only some models can take, refused with the reason by the others. */
function unsuitable({ kind, type }: ModelDefinition, own: z.ZodObject): z.ZodRawShape {
  const refused = (error: string): z.ZodType => z.never({ error }).optional();
  return {
    ...("class_weight" in own.shape
      ? {}
      : { class_weight: refused(`${type} cannot take class weights (can: ${able.class_weight})`) }),
    ...("sample_weight" in own.shape
      ? {}
      : { sample_weight: refused(`${type} cannot weigh single rows (can: ${able.sample_weight})`) }),
    ...("continue_from" in own.shape
      ? {}
      : {
          continue_from: refused(`${type} cannot go on from an earlier model (can: ${able.continue_from})`),
        }),
    ...("mixer" in own.shape
      ? {}
      : {
          mixer: refused(`${type} does not learn batch by batch, as a mixer needs (does: ${able.mixer})`),
        }),
    ...(kind === "classifier"
      ? {}
      : {
          resample: refused(`${type} is fitted on benign rows alone: there are no classes to balance`),
          select: refused(
            `${type} is fitted on benign rows alone, and a selection looks at the labels of attacks. ` +
              "Use keep, variance or pca as steps of its view",
          ),
        }),
  };
}

/** One entry under `models` in params.yaml. */
export interface ModelParams {
  readonly type: string;
  readonly view: string;
  readonly profile: "realistic" | "oracle";
  readonly context: ContextChoice;
  readonly seeds?: readonly number[];
  readonly decision?: z.infer<typeof decisionRule>;
  readonly resample?: ResampleParams;
  readonly search?: SearchParams;
  readonly select?: SelectParams;
  readonly window?: WindowParams;
  readonly mixer?: MixerParams;
  readonly [parameter: string]: unknown;
}

const entries = definitions.map(entrySchema) as unknown as readonly [z.ZodObject, ...z.ZodObject[]];

/** Schema of one entry under `models`: the type decides which parameters there are. */
export const modelParams = z.discriminatedUnion(
  "type",
  entries as never,
) as unknown as z.ZodType<ModelParams>;

/** The definition of a type that params.yaml has passed. */
export function definitionOf(type: string): ModelDefinition {
  const definition = definitions.find((candidate) => candidate.type === type);
  if (definition === undefined) throw new RangeError(`models: no type "${type}"`);
  return definition;
}

/** Whether an entry's model reads the rows of a window one after the other, or is an ensemble with such a model. */
export function readsSequences({
  type,
  models,
}: {
  readonly type: string;
  readonly models?: unknown;
}): boolean {
  const members = Array.isArray(models) ? (models as { type: string }[]) : [];
  return [type, ...members.map((member) => member.type)].some(
    (name) => definitions.find((each) => each.type === name)?.sequence === true,
  );
}

/** The model's own parameters of an entry, with defaults filled in. */
export function ownParams(entry: ModelParams): Record<string, unknown> {
  const { type, view, profile, context, seeds, decision, resample, search, select, window, ...own } = entry;
  return (definitionOf(type).params as unknown as z.ZodType<Record<string, unknown>>).parse(own);
}
