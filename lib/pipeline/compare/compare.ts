import { DataError } from "../../base/errors.js";
import { readJson } from "../../base/files.js";
import { Rng } from "../../base/rng.js";
import { attackFlags, targetOf } from "../../dataset/target.js";
import { type FamilyFlips, flips } from "../../eval/flips.js";
import { type Pair, type PairedMetric, pairedMetrics, pairedPart } from "../../eval/paired.js";
import { checkSameRows, type Predicted, predictedPart } from "../../eval/predicted.js";
import type { PartMetrics } from "../../eval/result.js";
import { eachRow, type UnitName, type Units, unitsOf } from "../../eval/units.js";
import { readParquet } from "../../table/parquet.js";
import type { Table } from "../../table/table.js";
import { type DataFacts, dataFacts, modelsOf, type ParamChange, paramChanges } from "./settings.js";
import type { Version } from "./version.js";

/** Two versions of one model, or two models. */
export interface ModelComparison {
  /** `split/model`. */
  readonly a: string;
  readonly b: string;
  readonly part: "test" | "cv";
  /** Null where predictions of one are not at hand: `reason` says which. Then metrics come from its metrics file. */
  readonly paired: {
    readonly n: number;
    readonly resamples: number;
    readonly pair: Pair;
    readonly flips: readonly FamilyFlips[];
  } | null;
  readonly reason?: string;
  readonly metrics: Readonly<Record<PairedMetric, { readonly a: number | null; readonly b: number | null }>>;
}

/** What `nidslab compare A B --json` prints. */
export interface Comparison {
  readonly a: { readonly name: string; readonly kind: Version["kind"] } & DataFacts;
  readonly b: { readonly name: string; readonly kind: Version["kind"] } & DataFacts;
  readonly params: readonly ParamChange[];
  readonly models: readonly ModelComparison[];
  /** `split/model` that only one of them has. */
  readonly only_a: readonly string[];
  readonly only_b: readonly string[];
}

export interface CompareOptions {
  readonly resamples: number;
  readonly unit: UnitName;
  readonly workers: number;
  /** Only this split, only this model. */
  readonly only?: { readonly split?: string | undefined; readonly model?: string | undefined };
}

/**
 * Two versions side by side: parameters, data, and every model that both have (two model folders: those two), with paired
 * intervals and the rows that flipped where the predictions of both are at hand.
 * @throws DataError when predictions are damaged, or of different rows
 */
export async function compareVersions(a: Version, b: Version, options: CompareOptions): Promise<Comparison> {
  const wanted = wantedKeys(options.only);
  const [keysA, keysB] = [modelsOf(a).filter(wanted), modelsOf(b).filter(wanted)];
  const both =
    a.model !== undefined && b.model !== undefined
      ? [[a.model, b.model]]
      : keysA.filter((key) => keysB.includes(key)).map((key) => [key, key]);
  const paired = new Set(both.flat());
  const models: ModelComparison[] = [];
  for (const [x, y] of both) {
    const found = await compareModels({ version: a, key: x }, { version: b, key: y }, options);
    if (found !== undefined) models.push(found);
  }
  const about = (version: Version) => ({ name: version.name, kind: version.kind, ...dataFacts(version) });
  const one = a.model !== undefined || b.model !== undefined;
  return {
    ...{ a: about(a), b: about(b), params: paramChanges(a, b), models },
    only_a: one ? [] : keysA.filter((key) => !paired.has(key)),
    only_b: one ? [] : keysB.filter((key) => !paired.has(key)),
  };
}

function wantedKeys({ split, model }: NonNullable<CompareOptions["only"]> = {}): (key: string) => boolean {
  return (key) => {
    const [ofSplit, ofModel] = key.split("/");
    return (split ?? ofSplit) === ofSplit && (model ?? ofModel) === ofModel;
  };
}

interface Side {
  readonly version: Version;
  readonly key: string;
}

/** @returns undefined when neither side has results */
async function compareModels(
  a: Side,
  b: Side,
  options: CompareOptions,
): Promise<ModelComparison | undefined> {
  const [pathA, pathB] = [predictionsOf(a), predictionsOf(b)];
  if (pathA === undefined || pathB === undefined) {
    const [x, y] = [metricsOf(a), metricsOf(b)];
    if (x === undefined && y === undefined) return undefined;
    const lacking = [...(pathA === undefined ? [a] : []), ...(pathB === undefined ? [b] : [])];
    return {
      ...{ a: a.key, b: b.key, part: (x ?? y)!.part, paired: null },
      reason: `predictions are not at hand of ${lacking.map(nameOf).join(" and ")}: nidslab pull, or checkout and repro, brings them`,
      metrics: metricPairs((name) => [x?.values[name] ?? null, y?.values[name] ?? null]),
    };
  }
  const [tableA, tableB] = [await readParquet(pathA), await readParquet(pathB)];
  const part = tableA.text("part").dictionary.includes("cv") ? "cv" : "test";
  const [x, y] = [predictedPart(tableA, part, nameOf(a)), predictedPart(tableB, part, nameOf(b))];
  checkSameRows(x, y);
  const rowsA = rowsIn(tableA, x);
  checkSameLabels(rowsA, rowsIn(tableB, y), x, y);
  const { pairs, resamples } = await pairOf(rowsA, x, y, b.version, options);
  const [pair] = pairs;
  return {
    ...{ a: a.key, b: b.key, part },
    paired: {
      n: x.rows.length,
      resamples,
      pair,
      flips: flips(x, y, attackFlags(rowsA), rowsA.strings("family")),
    },
    metrics: metricPairs((name) => [pair.metrics[name].a, pair.metrics[name].b]),
  };
}

function nameOf({ version, key }: Side): string {
  return version.model === undefined ? `${version.name}:${key}` : version.name;
}

function predictionsOf({ version, key }: Side): string | undefined {
  return version.locate(`artifacts/eval/${key}/predictions.parquet`);
}

function metricsOf({ version, key }: Side): { part: "test" | "cv"; values: PartMetrics } | undefined {
  const path = version.locate(`reports/metrics/${key}.json`);
  if (path === undefined) return undefined;
  const metrics = readJson<{ test?: PartMetrics; cv?: PartMetrics }>(path, "Run nidslab repro.");
  return metrics.cv === undefined
    ? { part: "test", values: metrics.test as PartMetrics }
    : { part: "cv", values: metrics.cv };
}

function metricPairs(of: (name: PairedMetric) => [number | null, number | null]): ModelComparison["metrics"] {
  return Object.fromEntries(
    pairedMetrics.map((name) => {
      const [a, b] = of(name);
      return [name, { a, b }];
    }),
  ) as ModelComparison["metrics"];
}

/** The lines of a table of predictions that `predicted` is made of, in its order. */
function rowsIn(table: Table, { rows }: Predicted): Table {
  const ids = table.numbers("row_id");
  const place = new Map(Array.from(ids, (id, i) => [id, i]));
  return table.take(rows.map((row) => place.get(row)!));
}

function checkSameLabels(a: Table, b: Table, x: Predicted, y: Predicted): void {
  const [one, two] = [a.strings("label"), b.strings("label")];
  const at = one.findIndex((label, i) => label !== two[i]);
  if (at < 0) return;
  throw new DataError(
    `compare: row ${x.rows[at]} is ${one[at]} in ${x.path} and ${two[at]} in ${y.path}: these are not the same rows, or ` +
      "they were labelled anew. Compare models that were measured on the same data.",
  );
}

async function pairOf(truth: Table, x: Predicted, y: Predicted, version: Version, options: CompareOptions) {
  const known = new Set([...(x.classes ?? []), ...(y.classes ?? [])]);
  const families = truth.text("family").dictionary;
  const isFamily = [...known].every((name) => name === "benign" || families.includes(name));
  const target = targetOf(truth, known.size === 0 ? "binary" : isFamily ? "family" : "label");
  const names = [...new Set([...target.classes, ...known])];
  const models = [x, y].map(({ path, score, decision, classes, predicted }) => ({
    ...{ name: path, score, decision },
    predicted: predicted?.map((code) => names.indexOf((classes as readonly string[])[code])) ?? null,
  }));
  return pairedPart(
    {
      isAttack: attackFlags(truth),
      family: truth.text("family"),
      classes: names.length <= 2 ? null : { names, truth: target.codes },
    },
    models,
    {
      resamples: options.resamples,
      rng: Rng.root(42).fork("compare"),
      units: await unitsIn(version, options.unit, x.rows),
      workers: options.workers,
    },
  );
}

async function unitsIn(version: Version, unit: UnitName, rows: Int32Array): Promise<Units> {
  if (unit === "flow") return eachRow(rows.length);
  const path = version.locate("artifacts/flows.parquet");
  if (path === undefined) {
    throw new DataError(
      `compare: artifacts/flows.parquet of ${version.name}, which has the ${unit} of each row, is not at hand. Use --unit flow.`,
    );
  }
  return unitsOf(await readParquet(path, ["row_id"], { optional: [unit] }), unit, rows);
}
