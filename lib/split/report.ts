import type { Table } from "../table/table.js";
import { codedColumn } from "./groups.js";
import { type Part, partNames, type SplitRecipe } from "./recipe.js";
import type { LeftOut } from "./validation.js";

/** Rows of one part whose content occurs in training too. */
export interface SharedContent {
  readonly rows: number;
  /** Share of the part's rows, 0 to 1. */
  readonly share: number;
  /** Of those, rows whose label none of the equal training rows has. */
  readonly under_another_label: number;
}

/** splits/<split>.json */
export interface SplitFacts {
  readonly recipe: SplitRecipe;
  readonly rows: Readonly<Record<Part, number>>;
  /** Why rows are unused. */
  readonly unused: Readonly<Record<string, number>>;
  /** Rows by family and part. */
  readonly coverage: Readonly<Record<string, Readonly<Record<Part, number>>>>;
  /** Attack families of the training part that the test part lacks: nothing is measured for them. */
  readonly untested: readonly string[];
  /** Attack families of the test part that the training part lacks: novel attacks. */
  readonly novel: readonly string[];
  /** Rows of the test part by attack name, for names that the training part lacks. */
  readonly novel_labels: Readonly<Record<string, number>>;
  /** Families that validation does not have because their rows fall into too few groups of equal content. */
  readonly left_out_of_validation: readonly LeftOut[];
  /** Validation rows that repeat a row of train (0 by construction), test rows that repeat one of train or validation. */
  readonly shared_content: {
    readonly columns: readonly string[];
    readonly validation: SharedContent;
    readonly test: SharedContent;
  };
}

interface Input {
  readonly flows: Table;
  /** Index into partNames of each row. */
  readonly parts: Int32Array;
  readonly recipe: SplitRecipe;
  readonly content: Int32Array;
  readonly columns: readonly string[];
  readonly leftOut: readonly LeftOut[];
  readonly unused: Readonly<Record<string, number>>;
}

/** What a reader must know of a split: coverage, what is untested or novel, and what leaks by equal content. */
export function factsOf({ flows, parts, recipe, content, columns, leftOut, unused }: Input): SplitFacts {
  const families = codedColumn(flows, "family");
  const counts = families.values.map(() => new Int32Array(partNames.length));
  parts.forEach((part, row) => {
    counts[families.codes[row]][part]++;
  });
  const [train, validation, test] = partNames.map((_, p) => p);
  const attacks = families.values
    .map((family, f) => ({ family, f }))
    .filter(({ family }) => family !== "benign");
  return {
    recipe,
    rows: perPart((p) => counts.reduce((sum, count) => sum + count[p], 0)),
    unused,
    coverage: Object.fromEntries(families.values.map((family, f) => [family, perPart((p) => counts[f][p])])),
    untested: attacks
      .filter(({ f }) => counts[f][train] > 0 && counts[f][test] === 0)
      .map(({ family }) => family),
    novel: attacks
      .filter(({ f }) => counts[f][train] === 0 && counts[f][test] > 0)
      .map(({ family }) => family),
    novel_labels: novelLabels(flows, parts),
    left_out_of_validation: leftOut,
    shared_content: {
      columns,
      validation: shared(flows, parts, content, [train], validation),
      test: shared(flows, parts, content, [train, validation], test),
    },
  };
}

function perPart(count: (part: number) => number): Record<Part, number> {
  return Object.fromEntries(partNames.map((name, p) => [name, count(p)])) as Record<Part, number>;
}

function shared(
  flows: Table,
  parts: Int32Array,
  content: Int32Array,
  against: readonly number[],
  part: number,
): SharedContent {
  const labels = flows.text("label").codes;
  const training = new Map<number, Set<number>>();
  parts.forEach((p, row) => {
    if (!against.includes(p)) return;
    const known = training.get(content[row]);
    if (known === undefined) training.set(content[row], new Set([labels[row]]));
    else known.add(labels[row]);
  });
  let all = 0;
  let rows = 0;
  let other = 0;
  parts.forEach((p, row) => {
    if (p !== part) return;
    all++;
    const known = training.get(content[row]);
    if (known === undefined) return;
    rows++;
    if (!known.has(labels[row])) other++;
  });
  return { rows, share: all === 0 ? 0 : rows / all, under_another_label: other };
}

function novelLabels(flows: Table, parts: Int32Array): Record<string, number> {
  const { codes, dictionary } = flows.text("label");
  const seen = new Set(codes.filter((_, row) => partNames[parts[row]] === "train"));
  const rows = new Map<string, number>();
  parts.forEach((part, row) => {
    if (partNames[part] !== "test" || seen.has(codes[row])) return;
    const label = dictionary[codes[row]];
    if (label !== "benign") rows.set(label, (rows.get(label) ?? 0) + 1);
  });
  return Object.fromEntries(rows);
}
