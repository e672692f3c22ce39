import { z } from "zod";

const clip = z
  .number()
  .min(1)
  .nullable()
  .default(null)
  .describe("no class weighs more than this times the lightest; null: no limit");

const how = "by the inverse of a class's rows, or of their effective number";
const rule = z.discriminatedUnion("rule", [
  z.strictObject({ rule: z.literal("inverse").describe(how), clip }),
  z.strictObject({
    rule: z.literal("effective").describe(how),
    beta: z.number().gt(0).lt(1).default(0.999).describe("how soon further rows add nothing (0 to 1)"),
    clip,
  }),
]);

/** `class_weight` of the models that can take one: a word, or a rule with its parameters. */
export const classWeightParam = z
  .union([z.enum(["none", "balanced", "effective"]), rule])
  .default("none")
  .describe(
    "balanced: classes weigh the same (inverse frequency); effective: by the effective number of rows; or {rule: inverse, " +
      "clip: 10}, {rule: effective, beta: 0.999, clip: null}, where no class weighs more than clip times another",
  );
export type ClassWeight = z.infer<typeof classWeightParam>;

/**
 * Weight of a row of each class; the mean weight of a row is 1, so that penalties keep their meaning.
 * - inverse (`balanced`): n / (k × rows of the class), as scikit-learn's "balanced";
 * - effective: in proportion to (1 − beta) / (1 − beta^rows), Cui et al. 2019, Class-balanced loss based on effective
 *   number of samples, arXiv:1901.05555.
 * @param counts training rows of each class; a class without rows gets the weight 0
 */
export function classWeights(counts: ArrayLike<number>, weight: ClassWeight): Float64Array {
  const rows = Float64Array.from(counts);
  const chosen = typeof weight === "string" ? named[weight] : weight;
  if (chosen === null) return rows.fill(1);
  const present = rows.filter((count) => count > 0).length;
  const total = rows.reduce((sum, count) => sum + count, 0);
  if (chosen.rule === "inverse" && chosen.clip === null) {
    return rows.map((count) => (count === 0 ? 0 : total / (present * count)));
  }
  const raw = rows.map((count) => {
    if (count === 0) return 0;
    return chosen.rule === "inverse" ? 1 / count : (1 - chosen.beta) / (1 - chosen.beta ** count);
  });
  const lightest = raw.reduce(
    (least, each) => (each > 0 && each < least ? each : least),
    Number.POSITIVE_INFINITY,
  );
  const most = chosen.clip === null ? Number.POSITIVE_INFINITY : lightest * chosen.clip;
  const clipped = raw.map((each) => Math.min(each, most));
  const mass = clipped.reduce((sum, each, c) => sum + each * rows[c], 0);
  return clipped.map((each) => (each * total) / mass);
}

const named = {
  none: null,
  balanced: { rule: "inverse", clip: null },
  effective: { rule: "effective", beta: 0.999, clip: null },
} as const;
