import type { z } from "zod";
import type { Tensor } from "../../../nn/graph.js";
import { dense } from "../../../nn/layers/dense.js";
import type { Classifier, ModelDefinition } from "../../contract.js";
import { type classifierParams, fitClassifierNetwork } from "../classifierNetwork.js";
import { type Sequence, sequenceInput, sequenceOf, sequenceRows, stepsOf } from "./steps.js";

/** Parameters that every model of windows has. */
type SequenceParams = z.infer<z.ZodObject<typeof classifierParams>>;

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
}

/** A classifier of windows of rows. */
export function sequenceClassifier<P extends SequenceParams>(model: SequenceModel<P>): ModelDefinition<P> {
  const { type, title, source, limits, params, problems, vector } = model;
  return {
    ...{ type, title, params, source: `${source}; trained by ONNX Runtime (lib/nn)` },
    ...{ kind: "classifier", family: "neural", view: "scaled", sequence: true },
    limits: `${limits} Needs scaled numbers. The same bytes come from the same kind of processor only.`,
    ...(problems === undefined ? {} : { problems }),
    create: (chosen): Classifier => ({
      kind: "classifier",
      async fit(train, context) {
        const steps = stepsOf(train);
        const { fitted } = await fitClassifierNetwork(
          {
            model: type,
            input: sequenceInput(steps),
            rows: (X) => sequenceRows(steps, X),
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
        return fitted;
      },
    }),
  };
}
