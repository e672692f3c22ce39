import { z } from "zod";

const fraction = z.number().gt(0).lt(1);
const value = z.union([z.string(), z.number()]);
const values = z.array(value).min(1);
const globs = z.array(z.string().min(1)).min(1);
const columns = z.union([z.string(), z.array(z.string()).min(1)]);
const folds = z.int().min(2).max(32);

const within = z
  .record(z.string(), value)
  .optional()
  .describe("keep to rows whose column has this value; the rest is unused");
const common = {
  validation: fraction.describe("share of the training part that is held out for validation"),
  validation_by: z
    .string()
    .optional()
    .describe(
      "time: the last rows of the training part; blocks: tenths of each source in time, drawn at random; a column: whole " +
        "groups of it (rows without a value are drawn as by default); default: a share of each family, rows of equal " +
        "content together",
    ),
  within,
};
const grouped = {
  test: z
    .union([fraction, values])
    .describe("share of the groups' rows, or the values that make the test part (joint ones as a/1)"),
  train: values.optional().describe("the values that make the training part; the rest is unused"),
  ...common,
};
const dealt = {
  kind: z
    .enum(["stratified", "grouped"])
    .describe("stratified: each family is spread over all folds; grouped: groups of `by` stay whole"),
  by: columns
    .optional()
    .describe("of grouped: a column, several (joint groups), or content, the default: rows of equal content"),
  within,
};

/** Stratified folds keep rows of equal content together and no other groups. */
const isGroupedBy = ({ kind, by }: { kind: string; by?: string | string[] }): boolean =>
  kind === "grouped" || by === undefined || by === "content";
const noGroups = { path: ["by"], error: "groups of a column go with kind: grouped" };

/** A word of its own for the group recipe over one column. */
export const groupWords = { day: "day", host: "host", site: "site", capture: "source" } as const;
type GroupWord = keyof typeof groupWords;
const groupWord = <W extends GroupWord>(word: W) => z.strictObject({ recipe: z.literal(word), ...grouped });

/** `splits.<name>` of params.yaml. */
export const splitRecipe = z.discriminatedUnion("recipe", [
  z.strictObject({ recipe: z.literal("official"), ...common }),
  z.strictObject({
    recipe: z.literal("files"),
    train: globs.describe("globs over the column source, with or without the file's extensions"),
    validation: z.union([fraction, globs]).describe("globs, or a share of the training part"),
    test: globs,
    within,
  }),
  z.strictObject({ recipe: z.literal("stratified"), test: fraction, ...common }),
  z.strictObject({ recipe: z.literal("duplicates"), test: fraction, ...common }),
  z.strictObject({
    recipe: z.literal("hash"),
    test: fraction,
    validation: fraction.describe("share of the training part that is held out for validation"),
    by: columns.optional().describe("columns whose text is hashed; default: what identifies a flow"),
    within,
  }),
  z.strictObject({ recipe: z.literal("time"), test: fraction, ...common }),
  z.strictObject({
    recipe: z.literal("group"),
    by: columns.describe("whose values stay together: site, day, host, source, …; several: joint groups"),
    ...grouped,
  }),
  groupWord("day"),
  groupWord("host"),
  groupWord("site"),
  groupWord("capture"),
  z.strictObject({
    recipe: z.literal("campaign"),
    test: z
      .union([fraction, values])
      .describe("share of the attack rows (whole campaigns, of every family that has two), or their names"),
    benign: z
      .string()
      .optional()
      .describe(
        "how benign rows, which have no campaign, are divided: time (blocks, the default) or a column",
      ),
    ...common,
  }),
  z.strictObject({
    recipe: z.literal("leave-one-attack-out"),
    attack: z.union([z.string(), z.array(z.string()).min(1)]).describe("a label or family, or several"),
    benign: fraction.describe("share of the benign rows that is in the test part"),
    ...common,
  }),
  z.strictObject({ recipe: z.literal("kfold"), folds, ...dealt, ...common }).refine(isGroupedBy, noGroups),
  z
    .strictObject({
      recipe: z.literal("nested"),
      outer: folds.describe("test folds"),
      inner: folds.describe("folds of each training part; one of them is its validation part"),
      ...dealt,
    })
    .refine(isGroupedBy, noGroups),
]);
export type SplitRecipe = z.infer<typeof splitRecipe>;
export type RecipeOf<R extends SplitRecipe["recipe"]> = Extract<SplitRecipe, { recipe: R }>;
export type FoldRecipe = RecipeOf<"kfold" | "nested">;
export type GroupRecipe = RecipeOf<"group">;

/** Whether a recipe makes folds, each of which is tested once, and no test part. */
export function hasFolds(recipe: SplitRecipe): recipe is FoldRecipe {
  return recipe.recipe === "kfold" || recipe.recipe === "nested";
}

/** Number of test folds. */
export function foldCount(recipe: FoldRecipe): number {
  return recipe.recipe === "kfold" ? recipe.folds : recipe.outer;
}

/** A name or a list of names as a list. */
export function listOf<T>(names: T | readonly T[]): readonly T[] {
  return Array.isArray(names) ? (names as readonly T[]) : [names as T];
}

/** What a row is used for. */
export const partNames = ["train", "validation", "test", "unused"] as const;
export type Part = (typeof partNames)[number];
