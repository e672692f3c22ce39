/** `calibration` in model.json: what model.onnx does to the probabilities after the model, and how it was fitted. */
export type CalibrationInfo =
  | { readonly method: "none" }
  | {
      readonly method: "platt" | "isotonic" | "temperature";
      readonly parameters: {
        readonly temperature?: number;
        /** By class; of two classes only the first, as the other is what is left. */
        readonly classes?: Readonly<Record<string, ClassCalibration>>;
      };
      /** Validation rows that it was fitted on. */
      readonly rows: number;
      /** Errors of P(attack) on validation rows before, and after by calibrators that did not see the row. */
      readonly out_of_fold: {
        readonly folds: number;
        readonly before: ProbabilityErrors;
        readonly after: ProbabilityErrors;
      } | null;
    };

/** P becomes sigmoid(slope · logit(P) + intercept), or the value of a line through points, or stays as it is. */
export type ClassCalibration =
  | { readonly slope: number; readonly intercept: number }
  | { readonly x: readonly number[]; readonly y: readonly number[] }
  | { readonly unchanged: string };

export interface ProbabilityErrors {
  readonly brier: number;
  readonly log_loss: number;
  readonly ece: number;
}
