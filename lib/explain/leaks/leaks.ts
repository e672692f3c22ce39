import type { Rng } from "../../base/rng.js";
import { stratifiedCap } from "../../dataset/cap.js";
import { attackFlags } from "../../dataset/target.js";
import type { Interval } from "../../eval/result.js";
import { columnsOf, type FeatureColumn, type FeatureSchema } from "../../features/schema.js";
import { definitionOf } from "../../models/registry.js";
import { rowsOfPart } from "../../split/parts.js";
import { splitFlows } from "../../split/split.js";
import { type Table, type TextColumn, takeColumn } from "../../table/table.js";
import { fitTrial, measureTrial, type TrialMetrics, type TrialModel, type TrialRows } from "../trial.js";
import { type TestedParts, withoutDuplicates } from "./duplicates.js";
import { identifierFeatures } from "./identifiers.js";
import { judge, type Measured } from "./judge.js";
import type { LeaksResult, LeakTestName } from "./result.js";
import { meanInterval99, SHUFFLES, shuffledLabels } from "./shuffle.js";

const RESAMPLES = 200;
/** Rows of a part whose labels are shuffled: a fit that can learn nothing needs no more, and is slow. */
const SHUFFLED_ROWS = 2000;

/** What the stage has read. */
export interface LeaksInput {
  /** `row_id`, `label`, `family`, the identifiers that there are, and what the model groups rows by. */
  readonly flows: Table;
  readonly features: Table;
  readonly schema: FeatureSchema;
  /** Group of equal content, a row, and the columns by which. */
  readonly content: { readonly groups: Int32Array; readonly columns: readonly string[] };
  /** The headline split. */
  readonly split: string;
  readonly parts: Table;
  /** Columns by how well each alone tells attacks apart, best first (artifacts/audit.json). */
  readonly strongest: readonly string[];
  readonly model: TrialModel;
  readonly rows: number | null;
  readonly rng: Rng;
  readonly log: (line: string) => void;
}

/** The same model on the headline split, and on data that would flatter it or must not. Attack against benign. */
export async function leakTests(input: LeaksInput): Promise<LeaksResult> {
  const { flows, schema, content, model, rng, strongest } = input;
  const data: TrialRows = { flows, features: input.features, isAttack: attackFlags(flows) };
  const columns = columnsOf(schema, model.entry.profile, model.entry.context);
  const { parts, used } = headlineParts(input);
  const random = randomParts(input, parts);
  const skipped: Partial<Record<LeakTestName, string>> = {};
  const measured: Partial<Record<LeakTestName, Measured>> = {};

  const trial = async (
    name: LeakTestName,
    rows: TestedParts,
    own: readonly FeatureColumn[] = columns,
    from: TrialRows = data,
  ): Promise<void> => {
    input.log(`leaks: ${name}, ${rows.train.length} rows, ${own.length} columns`);
    const fitted = await fitTrial(from, own, model, rows, rng.fork("fit"));
    const bootstrap = { resamples: RESAMPLES, rng: rng.fork("bootstrap") };
    measured[name] = { ...sizes(rows, own), ...(await measureTrial(fitted, from, rows.test, bootstrap)) };
  };

  await trial("as-is", parts);
  await trial("random-split", random);
  if (definitionOf(model.entry.type).kind === "detector")
    skipped["shuffled-labels"] = "a detector is fitted on benign rows: it learns from no label";
  else measured["shuffled-labels"] = await shuffles(input, data, columns, parts);
  const alone = strongest.find((name) => columns.some((column) => column.name === name));
  if (alone === undefined) skipped["one-column"] = "the audit names no column that this model has";
  else
    await trial(
      "one-column",
      parts,
      columns.filter(({ name }) => name === alone),
    );
  const distinct = withoutDuplicates(parts, content.groups);
  await trial("without-duplicates", distinct);
  const back = identifierFeatures(flows, new Set(columns.map(({ name }) => name)));
  if (back.length === 0) {
    const why = "the data have no addresses, ports, ids or times";
    Object.assign(skipped, { identifiers: why, "identifiers-random-split": why });
  } else {
    const features = back.reduce(
      (table, { column, values }) => table.with(column.name, values),
      data.features,
    );
    const all = [...columns, ...back.map(({ column }) => column)];
    await trial("identifiers", parts, all, { ...data, features });
    await trial("identifiers-random-split", random, all, { ...data, features });
  }
  const facts = {
    alone: alone ?? null,
    identifiers: back.map(({ column }) => column.name.replace(/^id_/, "")),
    removed: rowsIn(parts) - rowsIn(distinct),
  };
  return {
    off: null,
    model: model.name,
    type: model.entry.type,
    split: input.split,
    rows: rowsIn(parts),
    of_rows: used,
    resamples: RESAMPLES,
    tests: judge(measured, facts),
    skipped,
  };
}

const rowsIn = ({ train, validation, test }: TestedParts): number =>
  train.length + validation.length + test.length;

const sizes = ({ train, test }: TestedParts, columns: readonly unknown[]) => ({
  ...{ train: train.length, tested: test.length, columns: columns.length },
});

/** The parts of the headline split, thinned to at most `rows` rows, each family in its share. */
function headlineParts({ flows, parts, rows, rng }: LeaksInput): { parts: TestedParts; used: number } {
  const whole = {
    train: rowsOfPart(parts, "train"),
    validation: rowsOfPart(parts, "validation"),
    test: rowsOfPart(parts, "test"),
  };
  const used = rowsIn(whole);
  if (rows === null || used <= rows) return { parts: whole, used };
  const thinned = (part: Int32Array, name: string): Int32Array => {
    const families = takeColumn(flows.text("family"), part) as TextColumn;
    const limit = Math.round((part.length * rows) / used);
    return stratifiedCap(families, limit, rng.fork("rows").fork(name)).map((at) => part[at]);
  };
  return {
    parts: {
      train: thinned(whole.train, "train"),
      validation: thinned(whole.validation, "validation"),
      test: thinned(whole.test, "test"),
    },
    used,
  };
}

/** The same rows, divided at random in the same proportions. */
function randomParts({ flows, content, rng }: LeaksInput, parts: TestedParts): TestedParts {
  const rows = Int32Array.from([...parts.train, ...parts.validation, ...parts.test]).sort();
  const share = (part: Int32Array, of: number): number => Math.min(Math.max(part.length / of, 0.01), 0.9);
  const recipe = {
    recipe: "stratified",
    test: share(parts.test, rows.length),
    validation: share(parts.validation, rows.length - parts.test.length),
  } as const;
  const own = { ...content, groups: rows.map((row) => content.groups[row]) };
  const { table } = splitFlows(
    flows.select(["row_id", "label", "family"]).take(rows),
    recipe,
    rng.fork("random"),
    own,
  );
  const of = (part: "train" | "validation" | "test"): Int32Array =>
    rowsOfPart(table, part).map((at) => rows[at]);
  return { train: of("train"), validation: of("validation"), test: of("test") };
}

/** Fits on shuffled labels; their means over the shuffles. */
async function shuffles(
  input: LeaksInput,
  data: TrialRows,
  columns: readonly FeatureColumn[],
  parts: TestedParts,
): Promise<Measured> {
  const { model, rng, log } = input;
  const found: TrialMetrics[] = [];
  let train = 0;
  for (let i = 0; i < SHUFFLES; i++) {
    const own = rng.fork("shuffle").fork(i);
    const { labels, ...rows } = shuffledLabels(parts, data.isAttack, SHUFFLED_ROWS, own);
    train = rows.train.length;
    log(`leaks: shuffled-labels, ${i + 1} of ${SHUFFLES}`);
    const fitted = await fitTrial(data, columns, model, rows, own.fork("fit"), labels);
    found.push(await measureTrial(fitted, data, parts.test, { resamples: 0, rng: own }));
  }
  const mean = (of: (metrics: TrialMetrics) => Interval): Interval =>
    meanInterval99(found.map((metrics) => of(metrics).point));
  return {
    train,
    columns: columns.length,
    tested: parts.test.length,
    macro_f1: mean(({ macro_f1 }) => macro_f1),
    roc_auc: mean(({ roc_auc }) => roc_auc),
  };
}
