import type { Rng } from "../../base/rng.js";
import { hasValue } from "../../dataset/canonical.js";
import type { Bootstrap } from "../../eval/intervals.js";
import { columnsOf, type FeatureColumn, type FeatureSchema } from "../../features/schema.js";
import { schemaHash } from "../../table/schemaHash.js";
import { takeColumn } from "../../table/table.js";
import {
  fitTrial,
  measureTrial,
  measureTrials,
  type Trial,
  type TrialMetrics,
  type TrialModel,
  type TrialRows,
  trialMetrics,
} from "../trial.js";
import type { Domain } from "./domains.js";
import { fewShotRows } from "./fewShot.js";
import {
  type Cell,
  type CrossModel,
  type DropMetric,
  dropMetrics,
  type FewShotCurve,
  type FewShotPoint,
} from "./result.js";

/** What a matrix is made of. */
export interface MatrixInput {
  readonly data: TrialRows;
  readonly schema: FeatureSchema;
  readonly domains: readonly Domain[];
  readonly resamples: number;
  readonly rng: Rng;
  readonly log: (line: string) => void;
}

/** The columns that a model may use and that every domain has, and those that some domain lacks in all of its rows. */
export function sharedColumns(
  { data, schema, domains }: Pick<MatrixInput, "data" | "schema" | "domains">,
  { entry }: TrialModel,
): { readonly columns: readonly FeatureColumn[]; readonly leftOut: readonly string[] } {
  const all = columnsOf(schema, entry.profile, entry.context);
  const isThere = ({ name }: FeatureColumn): boolean =>
    domains.every(({ rows }) => hasValue(takeColumn(data.features.column(name), rows)));
  const columns = all.filter(isThere);
  return { columns, leftOut: all.filter((column) => !columns.includes(column)).map(({ name }) => name) };
}

/**
 * One model in every domain, tested in every domain: fitted once a domain, its threshold frozen on that domain's
 * validation rows. All models are judged by the same test rows of a target. The few-shot curve adds labelled rows of the
 * target to the training rows; the threshold stays that of the source's validation.
 */
export async function modelMatrix(
  input: MatrixInput,
  model: TrialModel,
  shares: readonly number[],
): Promise<CrossModel> {
  const { data, domains, rng, log } = input;
  const { columns, leftOut } = sharedColumns(input, model);
  const cells: Cell[] = [];
  for (const domain of domains) {
    log(`cross: ${model.name} in ${domain.name}, ${domain.train.length} rows`);
    const trial = await fitTrial(data, columns, model, domain, rng.fork("fit").fork(domain.name));
    cells.push(...(await cellsFrom(input, domain, trial)));
  }
  const curves: FewShotCurve[] = [];
  for (const unadapted of cells) {
    if (unadapted.drop === null || shares.length === 0) continue;
    const named = (name: string): Domain => domains.find((domain) => domain.name === name) as Domain;
    const pair = { source: named(unadapted.train), target: named(unadapted.test), shares, unadapted };
    curves.push(await curve(input, model, columns, pair));
  }
  return {
    model: model.name,
    type: model.entry.type,
    columns: columns.length,
    left_out_columns: leftOut,
    schema_hash: schemaHash(columns),
    cells,
    few_shot: curves,
  };
}

/** Equal streams for equal test rows: all models on one target see the same resamples. */
function bootstrapOf({ resamples, rng }: MatrixInput, target: string): Bootstrap {
  return { resamples, rng: rng.fork("bootstrap").fork(target) };
}

async function cellsFrom(input: MatrixInput, source: Domain, trial: Trial): Promise<Cell[]> {
  const { data, domains } = input;
  const sets = new Map(domains.map(({ name, test }) => [name, test]));
  const measured = await measureTrials(trial, data, sets, (name) => bootstrapOf(input, name));
  const metricsOf = (name: string): TrialMetrics => measured.get(name) as TrialMetrics;
  const home = metricsOf(source.name);
  return domains.map((target): Cell => {
    const metrics = metricsOf(target.name);
    const lost = (name: DropMetric): number | null => {
      const [there, here] = [home[name].point, metrics[name].point];
      return there === null || here === null ? null : there - here;
    };
    const drop = Object.fromEntries(dropMetrics.map((name) => [name, lost(name)]));
    return {
      train: source.name,
      test: target.name,
      rows: target.test.length,
      attacks: target.test.reduce((sum, row) => sum + data.isAttack[row], 0),
      threshold: trial.threshold,
      ...metrics,
      drop: source === target ? null : (drop as Cell["drop"]),
    };
  });
}

/** One pair's curve. @param unadapted the cell of the model that saw no row of the target */
async function curve(
  input: MatrixInput,
  model: TrialModel,
  columns: readonly FeatureColumn[],
  pair: {
    readonly source: Domain;
    readonly target: Domain;
    readonly shares: readonly number[];
    readonly unadapted: Cell;
  },
): Promise<FewShotCurve> {
  const { data, rng } = input;
  const { source, target, shares, unadapted } = pair;
  // The same rows of a target for every source.
  const drawn = fewShotRows(data.flows, target, shares, rng.fork("few shot").fork(target.name));
  const points: FewShotPoint[] = [];
  for (const [i, share] of shares.entries()) {
    const added = drawn[i];
    let metrics: TrialMetrics = pickMetrics(unadapted);
    if (added.length > 0) {
      const parts = { ...source, train: Int32Array.from([...source.train, ...added]).sort() };
      const trial = await fitTrial(data, columns, model, parts, rng.fork("fit").fork(source.name));
      metrics = await measureTrial(trial, data, target.test, bootstrapOf(input, target.name));
    }
    points.push({ share, added: added.length, ...metrics });
  }
  return { train: source.name, test: target.name, points };
}

function pickMetrics(cell: Cell): TrialMetrics {
  return Object.fromEntries(trialMetrics.map((name) => [name, cell[name]])) as TrialMetrics;
}
