import { palette } from "./chart.js";
import type { Result } from "./results.js";

/**
 * The results whose curves stand in one figure: as many as there are colours, so that no colour means two models. Of more, those with the
 * best average precision on validation (realistic models before oracles), in the order of the tables.
 * @returns and a sentence about those that are left out, with a blank before it; empty when there are none
 */
export function drawnCurves(results: readonly Result[]): {
  readonly drawn: readonly Result[];
  readonly omission: string;
} {
  const most = palette.length;
  if (results.length <= most) return { drawn: results, omission: "" };
  const isOracle = ({ file }: Result): number => (file.profile === "oracle" ? 1 : 0);
  const value = ({ metrics }: Result): number => metrics.validation.average_precision ?? -1;
  const best = new Set(
    [...results].sort((a, b) => isOracle(a) - isOracle(b) || value(b) - value(a)).slice(0, most),
  );
  return {
    drawn: results.filter((result) => best.has(result)),
    omission: ` Drawn are ${most} of ${results.length} models, those with the best average precision on validation, realistic ones before oracles; the comparison table has all.`,
  };
}
