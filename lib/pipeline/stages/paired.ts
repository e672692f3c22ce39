import { breathe } from "../../base/breathe.js";
import { Rng } from "../../base/rng.js";
import { attackFlags, type Target, targetOf } from "../../dataset/target.js";
import { areasOf } from "../../eval/areas.js";
import { champion } from "../../eval/champion.js";
import { ALPHA, hasControl, type PairedModel, type PairedPart, pairedPart } from "../../eval/paired.js";
import type { PairedFile } from "../../eval/pairedResult.js";
import { checkRows, type Predicted, predictedPart } from "../../eval/predicted.js";
import { unitColumns, unitsOf } from "../../eval/units.js";
import { foldColumns, foldsOf, rowsOfPart } from "../../split/parts.js";
import { rowsWhere } from "../../split/rows.js";
import { type Table, takeColumn } from "../../table/table.js";
import type { Params } from "../params.js";
import type { Stage, StageIo } from "../stage.js";

/**
 * The models of a split in pairs on the same rows: differences with intervals and corrected p-values, on validation (beside
 * the choice of the champion) and on test. Every two, or (eval.pairs) each with the champion. Reads what eval wrote, and first deletes what it wrote for models that are no
 * longer in run: the stage depends on the whole folder. Writes reports/paired/<split>.json.
 */
export const paired: Stage = {
  name: "paired",
  async run(params: Params, io: StageIo) {
    const split = io.key;
    const { models } = params.run;
    for (const name of io.list(`artifacts/eval/${split}`))
      if (!models.includes(name)) io.remove(`artifacts/eval/${split}/${name}`);
    const { unit } = params.eval.bootstrap;
    const flows = await io.readTable(
      "artifacts/flows.parquet",
      ["row_id", "label", "family"],
      unitColumns(unit),
    );
    const parts = await io.readTable(`artifacts/splits/${split}.parquet`, ["row_id", "part"], foldColumns);
    const tables = new Map<string, Table>();
    for (const name of models) tables.set(name, await io.readTable(predictionsOf(split, name)));
    const truth = { flows, isAttack: attackFlags(flows), target: targetOf(flows, params.task.target) };
    const measured: (MeasuredPart & { readonly part: string })[] = [];
    for (const [part, rows] of measuredParts(parts)) {
      const predicted: Predicted[] = [];
      for (const name of models) {
        const each = predictedPart(tables.get(name)!, part, predictionsOf(split, name));
        checkRows(each, rows, `the ${part} part of split ${split}`);
        predicted.push(each);
        await breathe();
      }
      measured.push({ ...truth, part, rows, models, predicted });
    }
    const control = hasControl(params.eval.pairs, models.length) ? controlOf(params, split, measured) : null;
    const found: Record<string, PairedPart> = {};
    for (const each of measured) {
      const bootstrap = bootstrapOf(params, split, each.part, flows, each.rows);
      found[each.part] = await comparePart(each, { ...bootstrap, control: control?.model });
    }
    const file: PairedFile = {
      ...{ split, bootstrap: params.eval.bootstrap, alpha: ALPHA, correction: "holm", models, control },
      parts: found,
    };
    io.writeJson(`reports/paired/${split}.json`, file);
    const pairs = Object.values(found)[0].pairs.length;
    const against = control === null ? "" : `, each with ${control.model}`;
    io.log(`paired ${split}: ${models.length} models, ${pairs} pairs${against}`);
  },
};

function predictionsOf(split: string, model: string): string {
  return `artifacts/eval/${split}/${model}/predictions.parquet`;
}

/** The parts that eval scored, and their rows. */
function measuredParts(split: Table): [string, Int32Array][] {
  if (foldsOf(split).length > 0) {
    const folds = split.numbers("fold");
    return [["cv", rowsWhere(split.rows, (row) => folds[row] > 0)]];
  }
  return [
    ["validation", rowsOfPart(split, "validation")],
    ["test", rowsOfPart(split, "test")],
  ];
}

interface MeasuredPart {
  readonly flows: Table;
  readonly isAttack: Uint8Array;
  readonly target: Target;
  readonly rows: Int32Array;
  readonly models: readonly string[];
  readonly predicted: readonly Predicted[];
}

/** What each model is compared with: the champion on validation; of a k-fold split, which has none, the first model. */
function controlOf(
  { models: entries }: Params,
  split: string,
  measured: readonly (MeasuredPart & { readonly part: string })[],
): NonNullable<PairedFile["control"]> {
  const validation = measured.find(({ part }) => part === "validation");
  if (validation === undefined)
    return {
      model: measured[0].models[0],
      chosen: "the first one in run.models: a k-fold split has no validation part",
    };
  const { models, rows, isAttack, predicted } = validation;
  const candidates = models.map((name, m) => {
    const { score } = predicted[m];
    const scoresOf = (attack: number): Float64Array => score.filter((_, i) => isAttack[rows[i]] === attack);
    const value = areasOf(scoresOf(1), scoresOf(0))?.averagePrecision ?? null;
    return { name, oracle: entries[name].profile === "oracle", value };
  });
  const { name, how } = champion(candidates, split);
  return { model: name, chosen: how };
}

function comparePart(part: MeasuredPart, options: Parameters<typeof pairedPart>[2]): Promise<PairedPart> {
  const { flows, isAttack, target, rows, models, predicted } = part;
  const names = [...new Set([...target.classes, ...predicted.flatMap(({ classes }) => classes ?? [])])];
  const family = takeColumn(flows.text("family"), rows);
  return pairedPart(
    {
      isAttack: Uint8Array.from(rows, (row) => isAttack[row]),
      family: family as ReturnType<Table["text"]>,
      classes: names.length <= 2 ? null : { names, truth: Int32Array.from(rows, (row) => target.codes[row]) },
    },
    predicted.map((each, m) => modelOf(models[m], each, names)),
    options,
  );
}

function modelOf(
  name: string,
  { score, decision, classes, predicted }: Predicted,
  names: readonly string[],
): PairedModel {
  const place = (classes ?? []).map((each) => names.indexOf(each));
  return {
    name,
    score,
    decision,
    predicted: predicted === null ? null : predicted.map((code) => place[code]),
  };
}

function bootstrapOf(
  params: Params,
  split: string,
  part: string,
  flows: Table,
  rows: Int32Array,
): Parameters<typeof pairedPart>[2] {
  const { resamples, unit, interval } = params.eval.bootstrap;
  const rng = Rng.root(params.seed).fork("paired").fork(split).fork(part);
  return { resamples, interval, rng, units: unitsOf(flows, unit, rows), workers: params.threads };
}
