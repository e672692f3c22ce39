import { z } from "zod";
import { breathe } from "../../base/breathe.js";
import { FormatError } from "../../base/errors.js";
import type { BoostingLibrary } from "../../engines/boosting/booster.js";
import { type ClassWeight, classWeights } from "../classWeights.js";
import type { FitContext, FittedClassifier, Rows } from "../contract.js";
import type { Ensemble } from "../trees/ensemble.js";
import { checkClasses, classCounts } from "../trees/rows.js";
import { fittedTrees, labelledNumbers } from "./engineModel.js";

/** What a boosting model of a shared library asks for. */
export interface NativeModel {
  /** The type under `models`, which is the engine's name, too. */
  readonly name: string;
  readonly open: () => Promise<BoostingLibrary>;
  /** In the library's own names; for `outputs` margins a row. */
  readonly params: (outputs: number, rows: Rows) => Readonly<Record<string, string | number>>;
  readonly trees: number;
  readonly earlyStopping: number | null;
  readonly classWeight: ClassWeight;
  /** The first rounds of what the library has written. */
  readonly ensemble: (dump: string, outputs: number, rounds: number) => Ensemble;
}

/** Rounds between which the main thread hears signals. */
const ROUNDS_A_BREATH = 8;

/**
 * Train through the library, round by round: early stopping is ours, so that the loss is the one on the validation rows of the
 * split, weighted as in training.
 * @throws DataError for one class or an empty one, EngineError when the engine is missing or refuses the data
 */
export async function fitNative(
  model: NativeModel,
  train: Rows,
  context: FitContext,
): Promise<FittedClassifier> {
  checkClasses(train, model.name);
  const library = await model.open();
  const k = train.classes.length;
  const outputs = k === 2 ? 1 : k;
  const weights =
    model.classWeight === "none" ? undefined : classWeights(classCounts(train), model.classWeight);
  const validation =
    context.validation === undefined || context.validation.X.rows === 0 ? undefined : context.validation;
  const booster = library.start({
    train: labelledNumbers(train, weights),
    ...(validation === undefined ? {} : { validation: labelledNumbers(validation, weights) }),
    params: model.params(outputs, train),
    outputs,
    ...(context.state === undefined ? {} : { continueFrom: savedModel(context.state, model.name) }),
  });
  try {
    const before = context.state === undefined ? 0 : booster.rounds();
    const history: Record<string, number>[] = [];
    let best = Number.POSITIVE_INFINITY;
    let kept = 0;
    for (let round = 1; round <= model.trees; round++) {
      if (!booster.update()) break;
      const loss = booster.validationLoss();
      if (loss !== undefined) history.push({ round: before + round, validation_loss: loss });
      if (loss === undefined || model.earlyStopping === null || loss < best) {
        best = loss ?? best;
        kept = round;
      } else if (round - kept >= model.earlyStopping) break;
      if (round % ROUNDS_A_BREATH === 0) await breathe();
    }
    const rounds = booster.rounds();
    kept = before + Math.max(1, Math.min(kept, rounds - before));
    const ensemble = model.ensemble(booster.dump(), outputs, kept);
    const fitted = fittedTrees(
      model.name,
      ensemble,
      train.classes,
      train.X.columns,
      { rounds, rounds_kept: kept, validation_loss: history[kept - before - 1]?.validation_loss ?? null },
      history,
    );
    return { ...fitted, state: { model: booster.state(kept) } };
  } finally {
    booster.free();
  }
}

const state = z.strictObject({ model: z.string().min(1) });

/** The library's own text of an earlier model. @throws FormatError when state.json has another content */
function savedModel(saved: unknown, name: string): string {
  const parsed = state.safeParse(saved);
  if (parsed.success) return parsed.data.model;
  throw new FormatError(
    `${name}: continue_from: state.json holds no model of ${name}. Copy the model's folder once more, or leave continue_from out.`,
  );
}
