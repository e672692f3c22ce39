import type { Table } from "../table/table.js";
import type { Content, ShortFamily } from "./content.js";
import type { Folds } from "./folds.js";
import { codedColumn } from "./groups.js";
import { type SharedContent, sharedContent } from "./overlap.js";
import { foldParts, TEST, TRAIN, VALIDATION } from "./parts.js";
import { type Part, partNames, type SplitRecipe } from "./recipe.js";

/** What a reader must know of a way to divide rows into parts. */
export interface PartFacts {
  readonly rows: Readonly<Record<Part, number>>;
  /** Rows by family and part. */
  readonly coverage: Readonly<Record<string, Readonly<Record<Part, number>>>>;
  /** Attack families of the training part that the test part lacks: nothing is measured for them. */
  readonly untested: readonly string[];
  /** Attack families of the test part that the training part lacks: novel attacks. */
  readonly novel: readonly string[];
  /** Rows of the test part by attack name, for names that the training part lacks. */
  readonly novel_labels: Readonly<Record<string, number>>;
  /** Families that validation does not have because their rows fall into too few groups of equal content. */
  readonly left_out_of_validation: readonly ShortFamily[];
  /** Validation rows that repeat a row of train (0 by construction), test rows that repeat one of train or validation. */
  readonly shared_content: {
    readonly columns: readonly string[];
    readonly validation: SharedContent;
    readonly test: SharedContent;
  };
}

/** One fold of a k-fold split: its own rows are its test part. */
export interface FoldFacts extends PartFacts {
  readonly fold: number;
}

/** splits/<split>.json */
export interface SplitFacts extends PartFacts {
  readonly recipe: SplitRecipe;
  /** Why rows are unused. */
  readonly unused: Readonly<Record<string, number>>;
  /** Of the recipe hash: the columns whose text is hashed, and the rule as SQL over the table flows. */
  readonly hashed?: readonly string[];
  readonly sql?: string;
  /** Of the recipe files: the sources of each part. */
  readonly files?: Readonly<Record<string, readonly string[]>>;
  /** Of the recipe campaign: campaigns of the test part. */
  readonly test_campaigns?: readonly string[];
  /** Of a k-fold split. Every used row counts as train above, and is a test row of exactly one fold. */
  readonly folds?: readonly FoldFacts[];
  /** Families that some folds lack, because their rows fall into fewer groups of equal content than there are folds. */
  readonly short_families?: readonly ShortFamily[];
}

interface Input {
  readonly flows: Table;
  /** Place in partNames of each row. */
  readonly parts: Int32Array;
  readonly content: Content;
  readonly leftOut: readonly ShortFamily[];
}

/** Coverage, what is untested or novel, and what leaks by equal content. */
export function factsOf({ flows, parts, content, leftOut }: Input): PartFacts {
  const families = codedColumn(flows, "family");
  const counts = families.values.map(() => new Int32Array(partNames.length));
  parts.forEach((part, row) => {
    counts[families.codes[row]][part]++;
  });
  const attacks = families.values
    .map((family, f) => ({ family, f }))
    .filter(({ family }) => family !== "benign");
  const labels = flows.text("label").codes;
  return {
    rows: perPart((p) => counts.reduce((sum, count) => sum + count[p], 0)),
    coverage: Object.fromEntries(families.values.map((family, f) => [family, perPart((p) => counts[f][p])])),
    untested: attacks
      .filter(({ f }) => counts[f][TRAIN] > 0 && counts[f][TEST] === 0)
      .map(({ family }) => family),
    novel: attacks
      .filter(({ f }) => counts[f][TRAIN] === 0 && counts[f][TEST] > 0)
      .map(({ family }) => family),
    novel_labels: novelLabels(flows, parts),
    left_out_of_validation: leftOut,
    shared_content: {
      columns: content.columns,
      validation: sharedContent(parts, content.groups, labels, [TRAIN], VALIDATION),
      test: sharedContent(parts, content.groups, labels, [TRAIN, VALIDATION], TEST),
    },
  };
}

/**
 * The facts of a k-fold split: those of each fold, and over all of them. `novel` and `novel_labels` then say what is new
 * where it is tested, `shared_content.test` counts the rows whose content another fold has.
 * @param parts used rows as train
 */
export function foldFacts(input: Input, { count, fold, masks, leftOut, short }: Folds): Partial<SplitFacts> {
  const folds = Array.from({ length: count }, (_, i): FoldFacts => {
    const parts = foldParts(fold, masks, i + 1);
    return { fold: i + 1, ...factsOf({ ...input, parts, leftOut: leftOut[i] }) };
  });
  const whole = factsOf({ ...input, leftOut: [] });
  const sum = (part: "validation" | "test"): SharedContent => {
    const of = folds.map(({ shared_content }) => shared_content[part]);
    const rows = of.reduce((a, b) => a + b.rows, 0);
    const all = folds.reduce((a, b) => a + b.rows[part], 0);
    const other = of.reduce((a, b) => a + b.under_another_label, 0);
    return { rows, share: all === 0 ? 0 : rows / all, under_another_label: other };
  };
  return {
    ...whole,
    untested: [],
    novel: Object.keys(whole.coverage).filter((family) => folds.some(({ novel }) => novel.includes(family))),
    novel_labels: Object.assign({}, ...folds.map(({ novel_labels }) => novel_labels)),
    shared_content: { columns: input.content.columns, validation: sum("validation"), test: sum("test") },
    folds,
    short_families: short,
  };
}

function perPart(count: (part: number) => number): Record<Part, number> {
  return Object.fromEntries(partNames.map((name, p) => [name, count(p)])) as Record<Part, number>;
}

function novelLabels(flows: Table, parts: Int32Array): Record<string, number> {
  const { codes, dictionary } = flows.text("label");
  const trained = new Uint8Array(dictionary.length);
  const tested = new Int32Array(dictionary.length);
  parts.forEach((part, row) => {
    if (part === TRAIN) trained[codes[row]] = 1;
    else if (part === TEST) tested[codes[row]]++;
  });
  const names = dictionary
    .map((label, code) => [label, tested[code]] as const)
    .filter(([label, rows], code) => rows > 0 && trained[code] === 0 && label !== "benign");
  return Object.fromEntries(names);
}
