import type { Rng } from "../../base/rng.js";
import { attackFlags } from "../../dataset/target.js";
import type { Interval } from "../../eval/result.js";
import type { FeatureColumn, FeatureSchema } from "../../features/schema.js";
import type { Content } from "../../split/content.js";
import { keep } from "../../split/rows.js";
import type { Table } from "../../table/table.js";
import { tellApart } from "../domainClassifier.js";
import type { TrialModel, TrialRows } from "../trial.js";
import { type Domain, domainsOf, HELD_OUT } from "./domains.js";
import { type MatrixInput, modelMatrix, sharedColumns } from "./matrix.js";
import type { MatrixParams } from "./params.js";
import type { CrossMatrix, CrossResult, DomainClassifier, DomainFacts } from "./result.js";
import { shiftBetween } from "./shift.js";

/** Resamples behind an interval: fewer than for the headline, as there are many cells. */
const RESAMPLES = 200;
/** Rows of each domain that the domain classifier is shown at most. */
const TOLD_APART = 1500;

/** What the stage has read. */
export interface CrossInput {
  /** `row_id`, `label`, `family`, the columns that make domains and those that models group rows by. */
  readonly flows: Table;
  readonly features: Table;
  readonly schema: FeatureSchema;
  readonly content: Content;
  readonly matrices: readonly (MatrixParams & { readonly name: string })[];
  /** By name: every model that a matrix names. */
  readonly models: ReadonlyMap<string, TrialModel>;
  readonly rng: Rng;
  readonly log: (line: string) => void;
}

const percent = (share: number): string => `${Math.round(share * 100)}%`;

/** How to read reports/cross.json. */
const notes: readonly string[] = [
  "Attack against benign, whatever task.target is: families are not the same in every domain.",
  `Of every family of a domain ${percent(HELD_OUT.test)} are held out for the test and ${percent(HELD_OUT.validation)} of the rest for validation, rows of equal content together. All models are tested on the same held-out rows of a domain, so the values of one column can be compared.`,
  "macro_f1, recall and fpr are at the threshold that was frozen on the validation rows of the training domain.",
  "Intervals: 95%, percentiles over resampled flows.",
  "Few-shot: the rows are drawn among those of the target that are not held out, each family in its share; the test rows are the same for all shares, the threshold that of the training domain.",
];

/** Train here, test there: every matrix of params.yaml. */
export async function crossDomains(input: CrossInput): Promise<CrossResult> {
  const matrices: CrossMatrix[] = [];
  for (const params of input.matrices) matrices.push(await oneMatrix(input, params));
  return { off: null, notes, resamples: RESAMPLES, matrices };
}

async function oneMatrix(
  input: CrossInput,
  params: MatrixParams & { readonly name: string },
): Promise<CrossMatrix> {
  const { flows, features, schema, content, models, log } = input;
  const rng = input.rng.fork(params.name);
  const isAttack = attackFlags(flows);
  const data: TrialRows = { flows, features, isAttack };
  const { domains, leftOut, unplaced } = domainsOf(
    flows,
    isAttack,
    content.groups,
    params,
    rng.fork("domains"),
  );
  const matrix: MatrixInput = { data, schema, domains, resamples: RESAMPLES, rng, log };
  const used = params.models.flatMap((name) => models.get(name) ?? []);
  const made = [];
  for (const model of used) made.push(await modelMatrix(matrix, model, params.few_shot));
  // What moved is told over the columns of the first model.
  const { columns } = sharedColumns(matrix, used[0]);
  const pairs = domains.flatMap((from) =>
    domains.filter((to) => to !== from).map((to) => [from, to] as const),
  );
  return {
    name: params.name,
    by: params.by ?? [],
    rows_per_domain: params.rows,
    domains: domains.map((domain) => factsOf(domain, isAttack)),
    left_out: leftOut,
    unplaced,
    models: made,
    shifts: pairs.map(([from, to]) => shiftBetween(data, columns, content.groups, from, to)),
    classifiers: await classifiers(matrix, columns, content.groups, used[0].threads),
  };
}

function factsOf(
  { name, rows, train, validation, test, untested }: Domain,
  isAttack: Uint8Array,
): DomainFacts {
  return {
    domain: name,
    rows: rows.length,
    attacks: rows.reduce((sum, row) => sum + isAttack[row], 0),
    train: train.length,
    validation: validation.length,
    test: test.length,
    untested,
  };
}

async function classifiers(
  { data, domains, rng, log }: MatrixInput,
  columns: readonly FeatureColumn[],
  content: Int32Array,
  workers: number,
): Promise<DomainClassifier[]> {
  const { features, isAttack } = data;
  const none: Interval = { point: null, lo: null, hi: null, n: 0 };
  const drawn = (rows: Int32Array, name: string): Int32Array => {
    if (rows.length <= TOLD_APART) return rows;
    const stream = rng.fork("told apart").fork(name);
    return stream.sample(rows.length, TOLD_APART).map((at) => rows[at]);
  };
  const found: DomainClassifier[] = [];
  for (const [i, first] of domains.entries()) {
    for (const second of domains.slice(i + 1)) {
      log(`cross: ${first.name} or ${second.name}?`);
      const own = rng.fork("classifier").fork(first.name).fork(second.name);
      const sets = (of: (domain: Domain) => Int32Array) => ({
        ...{ features, columns, content },
        a: drawn(of(first), first.name),
        b: drawn(of(second), second.name),
      });
      const options = { resamples: RESAMPLES, workers };
      const all = await tellApart(
        sets((d) => d.rows),
        { ...options, named: true },
        own.fork("all"),
      );
      const benign = await tellApart(
        sets(({ rows }) => keep(rows, (row) => isAttack[row] === 0)),
        { ...options, named: false },
        own.fork("benign"),
      );
      found.push({
        domains: [first.name, second.name],
        rows: all?.rows ?? 0,
        roc_auc: all?.roc_auc ?? none,
        benign_roc_auc: benign?.roc_auc ?? none,
        columns: all?.columns ?? [],
      });
    }
  }
  return found;
}
