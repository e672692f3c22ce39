import type { z } from "zod";
import type { Tensor } from "../../../nn/graph.js";
import { dense } from "../../../nn/layers/dense.js";
import type { Classifier, ModelDefinition } from "../../contract.js";
import { type classifierParams, fitClassifierNetwork } from "../classifierNetwork.js";
import { joinedHistory, type PretrainParams, pretrained } from "./pretrain.js";
import { type Sequence, sequenceInput, sequenceOf, sequenceRows, stepsOf } from "./steps.js";

/** Parameters that every model of windows has. */
type SequenceParams = z.infer<z.ZodObject<typeof classifierParams>> & { readonly pretrain?: PretrainParams };

/** What tells one model of windows from another. */
export interface SequenceModel<P extends SequenceParams> {
  readonly type: string;
  readonly title: string;
  readonly source: string;
  readonly limits: string;
  readonly params: z.ZodType<P>;
  readonly problems?: ModelDefinition<P>["problems"];
  /** A window as one vector: [n, width]; classes are told from it by one dense layer. */
  readonly vector: (sequence: Sequence, params: P) => Tensor;
  /** Of a model with `pretrain`: see MaskedModel. */
  readonly perStep?: (sequence: Sequence, masked: Tensor, params: P) => Tensor;
}

/** A classifier of windows of rows. */
export function sequenceClassifier<P extends SequenceParams>(model: SequenceModel<P>): ModelDefinition<P> {
  const { type, title, source, limits, params, problems, vector, perStep } = model;
  return {
    ...{ type, title, params, source: `${source}; trained by ONNX Runtime (lib/nn)` },
    ...{ kind: "classifier", family: "neural", view: "scaled", sequence: true, streams: true },
    limits: `${limits} Needs scaled numbers. The same bytes come from the same kind of processor only.`,
    ...(problems === undefined ? {} : { problems }),
    create: (chosen): Classifier => ({
      kind: "classifier",
      async fit(train, context) {
        const steps = stepsOf(train);
        const { pretrain = null } = chosen;
        const before =
          pretrain === null || perStep === undefined
            ? null
            : await pretrained(
                { model: type, steps, perStep: (sequence, masked) => perStep(sequence, masked, chosen) },
                ...([pretrain, chosen, train.X, context] as const),
              );
        const { fitted } = await fitClassifierNetwork(
          {
            model: type,
            input: sequenceInput(steps),
            rows: (X) => sequenceRows(steps, X),
            ...(before === null ? {} : { initial: before.values }),
            told(graph, classes) {
              const own = vector(sequenceOf(graph, steps), chosen);
              return {
                logits: dense("output", own, classes),
                vector: own,
              };
            },
          },
          chosen,
          train,
          context,
        );
        if (before === null) return fitted;
        return {
          ...fitted,
          history: joinedHistory(before.history, fitted.history ?? []),
          summary: {
            ...fitted.summary,
            pretrain_epochs: before.summary.epochs,
            masked_loss: before.summary.train_loss,
          },
        };
      },
    }),
  };
}
