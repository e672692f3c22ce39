/** Of a model whose parameters were searched: what was tried and what was chosen; each candidate is in cv_results.csv. */
export interface SearchInfo {
  readonly method: "random" | "grid";
  readonly by: "validation" | "folds";
  readonly metric: string;
  /** What was searched, as params.yaml has it. */
  readonly over: Readonly<Record<string, unknown>>;
  readonly candidates: number;
  /** Candidates that could not be fitted. */
  readonly failed: number;
  /** The random stream that candidates, folds and fits took theirs from. */
  readonly stream: string;
  readonly folds: readonly {
    readonly name: string;
    readonly train: number;
    readonly held_out: number;
    readonly score: number | null;
  }[];
  /** Of by: folds: the column whose groups stayed together in a fold, `content`: rows of equal content; or `time`: each fold was scored by models of rows before it. */
  readonly groups?: string;
  readonly chosen: Readonly<Record<string, unknown>>;
  /** The chosen candidate's score, and its standard deviation over the folds. */
  readonly mean: number;
  readonly sd: number | null;
  /** Folds in which no candidate was better than the chosen one. */
  readonly best_in: number;
  /** Other candidates whose score is no further from the best one than its standard error over the folds. */
  readonly as_good: number | null;
}
