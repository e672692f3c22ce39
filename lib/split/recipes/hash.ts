import { hash } from "node:crypto";
import { identifier, quoted } from "../../table/duckdb.js";
import type { Column, Table } from "../../table/table.js";
import type { Divisible, Division } from "../division.js";
import { missingColumn } from "../groups.js";
import { listOf, type RecipeOf } from "../recipe.js";
import { keep } from "../rows.js";

/** What identifies a flow, whatever else is known of it. */
export const identityColumns: readonly string[] = [
  "start_us",
  "orig_addr",
  "orig_port",
  "resp_addr",
  "resp_port",
  "proto",
];

/**
 * The columns whose text is hashed: those of `by`; else what identifies a flow, where its time or its addresses are
 * known; else all columns of content.
 * @throws DataError when a column of `by` is missing
 */
export function hashColumns(
  names: readonly string[],
  contentColumns: readonly string[],
  { by }: Pick<RecipeOf<"hash">, "by">,
): readonly string[] {
  if (by !== undefined) {
    const absent = listOf(by).find((name) => !names.includes(name));
    if (absent !== undefined) throw missingColumn(absent, names);
    return listOf(by);
  }
  const own = identityColumns.filter((name) => names.includes(name));
  return own.includes("start_us") || own.includes("orig_addr") ? own : contentColumns;
}

/**
 * Parts by a hash of the row's own text, so that a row never moves when other rows come or go, and rows of equal text
 * are in one part.
 *
 * The rule: the texts of the columns joined by "|"; MD5 of it as UTF-8; its first eight hexadecimal digits, as a number
 * below 2^32, divided by 2^32, is u in [0, 1). u < test: test; else u < test + (1 - test) × validation: validation; else
 * train. A missing value is the empty text; a whole number its digits; any other number x the digits of
 * floor(x × 10^6 + 0.5), x first held within ±9 × 10^12. Digits of equal length compare as text as they do as
 * numbers, so the SQL in splits/<split>.json (`sql`) compares text and runs on any engine that has md5().
 */
export function byHash({ flows, rows, content }: Divisible, recipe: RecipeOf<"hash">): Division {
  const by = hashColumns(flows.names, content.columns, recipe);
  const borders = bordersOf(recipe);
  const texts = by.map((name) => textOf(flows.column(name)));
  const part = new Uint8Array(flows.rows);
  for (const row of rows) {
    let key = texts[0](row);
    for (let c = 1; c < texts.length; c++) key += `|${texts[c](row)}`;
    const digits = hash("md5", key, "hex").slice(0, 8);
    part[row] = digits < borders.test ? 2 : digits < borders.validation ? 1 : 0;
  }
  const of = (wanted: number): Int32Array => keep(rows, (row) => part[row] === wanted);
  return {
    train: of(0),
    validation: of(1),
    test: of(2),
    unused: {},
    notes: { hashed: by, sql: hashSql(flows, by, recipe) },
  };
}

/** The lowest eight digits that are not test, and that are neither test nor validation. */
function bordersOf({ test, validation }: RecipeOf<"hash">): {
  readonly test: string;
  readonly validation: string;
} {
  const digits = (u: number): string =>
    Math.min(Math.ceil(u * 2 ** 32), 2 ** 32 - 1)
      .toString(16)
      .padStart(8, "0");
  return { test: digits(test), validation: digits(test + (1 - test) * validation) };
}

/** The text of a column's value, by row. */
function textOf(column: Column): (row: number) => string {
  if (column.kind === "text")
    return (row) => (column.codes[row] < 0 ? "" : column.dictionary[column.codes[row]]);
  const { values, type } = column;
  if (type === "int64") return (row) => (Number.isNaN(values[row]) ? "" : String(values[row]));
  return (row) => {
    const value = values[row];
    if (Number.isNaN(value)) return "";
    const scaled = Math.floor(Math.min(Math.max(value, -9e12), 9e12) * 1e6 + 0.5);
    return Number.isSafeInteger(scaled) ? String(scaled + 0) : BigInt(scaled).toString();
  };
}

/** The rule as SQL over the table of artifacts/flows.parquet, called flows. */
function hashSql(flows: Table, by: readonly string[], recipe: RecipeOf<"hash">): string {
  const { test, validation } = bordersOf(recipe);
  const text = (name: string): string => {
    const column = flows.column(name);
    const id = identifier(name);
    if (column.kind === "text") return `COALESCE(CAST(${id} AS VARCHAR), '')`;
    if (column.type === "int64") return `COALESCE(CAST(CAST(${id} AS BIGINT) AS VARCHAR), '')`;
    const x = `CAST(${id} AS DOUBLE PRECISION)`;
    const held = `CASE WHEN ${x} > 9e12 THEN 9e12 WHEN ${x} < -9e12 THEN -9e12 ELSE ${x} END`;
    return `COALESCE(CAST(CAST(FLOOR(${held} * 1e6 + 0.5) AS BIGINT) AS VARCHAR), '')`;
  };
  const outside = Object.entries(recipe.within ?? {}).map(
    ([name, value]) =>
      `WHEN CAST(${identifier(name)} AS VARCHAR) <> ${quoted(String(value))} OR ${identifier(name)} IS NULL THEN 'unused'`,
  );
  return [
    "SELECT row_id, CASE",
    ...outside.map((line) => `  ${line}`),
    `  WHEN h < '${test}' THEN 'test'`,
    `  WHEN h < '${validation}' THEN 'validation'`,
    "  ELSE 'train' END AS part",
    `FROM (SELECT *, SUBSTR(MD5(${by.map(text).join(" || '|' || ")}), 1, 8) AS h FROM flows) AS hashed`,
    "ORDER BY row_id",
  ].join("\n");
}
