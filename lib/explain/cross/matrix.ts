import type { Rng } from "../../base/rng.js";
import { hasValue } from "../../dataset/canonical.js";
import { columnsOf, type FeatureColumn, type FeatureSchema, schemaHash } from "../../features/schema.js";
import { takeColumn } from "../../table/table.js";
import { fitTrial, measureTrial, type Trial, type TrialModel, type TrialRows } from "../trial.js";
import type { Domain } from "./domains.js";
import { fewShotRows } from "./fewShot.js";
import type { Cell, CrossModel, FewShotCurve, FewShotPoint } from "./result.js";

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
  const trials: Trial[] = [];
  for (const domain of domains) {
    log(`cross: ${model.name} in ${domain.name}, ${domain.train.length} rows`);
    trials.push(await fitTrial(data, columns, model, domain, rng.fork("fit").fork(domain.name)));
  }
  const cells = await allCells(input, trials);
  const curves: FewShotCurve[] = [];
  for (const [i, source] of domains.entries()) {
    for (const target of domains) {
      if (source === target || shares.length === 0) continue;
      curves.push(await curve(input, model, columns, { source, target, shares, unadapted: trials[i] }));
    }
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

async function allCells(
  { data, domains, resamples, rng }: MatrixInput,
  trials: readonly Trial[],
): Promise<Cell[]> {
  const cells: Cell[] = [];
  for (const [i, source] of domains.entries()) {
    // Home first: what the others are held against.
    const measured = new Map<string, Awaited<ReturnType<typeof measureTrial>>>();
    for (const { name, test } of domains) {
      // Equal streams for equal test rows: models on one target see the same resamples.
      measured.set(
        name,
        await measureTrial(trials[i], data, test, resamples, rng.fork("bootstrap").fork(name)),
      );
    }
    const home = measured.get(source.name);
    for (const target of domains) {
      const metrics = measured.get(target.name);
      if (metrics === undefined || home === undefined) continue;
      const less = (name: "macro_f1" | "roc_auc" | "average_precision"): number | null => {
        const [there, here] = [home[name].point, metrics[name].point];
        return there === null || here === null ? null : there - here;
      };
      cells.push({
        train: source.name,
        test: target.name,
        rows: target.test.length,
        attacks: target.test.reduce((sum, row) => sum + data.isAttack[row], 0),
        threshold: trials[i].threshold,
        ...metrics,
        drop:
          source === target
            ? null
            : {
                macro_f1: less("macro_f1"),
                roc_auc: less("roc_auc"),
                average_precision: less("average_precision"),
              },
      });
    }
  }
  return cells;
}

/** One pair's curve. @param unadapted the model without a row of the target */
async function curve(
  { data, resamples, rng }: MatrixInput,
  model: TrialModel,
  columns: readonly FeatureColumn[],
  pair: {
    readonly source: Domain;
    readonly target: Domain;
    readonly shares: readonly number[];
    readonly unadapted: Trial;
  },
): Promise<FewShotCurve> {
  const { source, target, shares, unadapted } = pair;
  // The same rows of a target for every source.
  const drawn = fewShotRows(data.flows, target, shares, rng.fork("few shot").fork(target.name));
  const points: FewShotPoint[] = [];
  for (const [i, share] of shares.entries()) {
    const added = drawn[i];
    const parts = { ...source, train: Int32Array.from([...source.train, ...added]).sort() };
    const trial =
      added.length === 0
        ? unadapted
        : await fitTrial(data, columns, model, parts, rng.fork("fit").fork(source.name));
    const bootstrap = rng.fork("bootstrap").fork(target.name);
    points.push({
      share,
      added: added.length,
      ...(await measureTrial(trial, data, target.test, resamples, bootstrap)),
    });
  }
  return { train: source.name, test: target.name, points };
}
