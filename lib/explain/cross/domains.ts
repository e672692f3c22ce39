import { DataError } from "../../base/errors.js";
import type { Rng } from "../../base/rng.js";
import { stratifiedCap } from "../../dataset/cap.js";
import { drawContent } from "../../split/content.js";
import { type Coded, codedColumn, codesOf, jointColumn, shortList } from "../../split/groups.js";
import { groupRows, keep, rowsWhere } from "../../split/rows.js";
import { type Table, type TextColumn, takeColumn } from "../../table/table.js";
import type { MatrixParams } from "./params.js";

/** Shares of a domain that are held out: for the test, and of the rest for validation. */
export const HELD_OUT = { test: 0.3, validation: 0.2 } as const;

/** Fewest rows of each kind in each part. */
const FEWEST = 5;

/** Flows of one place, divided once: the same test rows judge every model, its own as those of other domains. */
export interface Domain {
  readonly name: string;
  readonly rows: Int32Array;
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
  /** Families without a test row: their rows fall into too few groups of equal content. */
  readonly untested: readonly string[];
}

export interface Domains {
  readonly domains: readonly Domain[];
  /** Domains that cannot be used, and why. */
  readonly leftOut: Readonly<Record<string, string>>;
  /** Flows that lack a value of `by`. */
  readonly unplaced: number;
}

/**
 * Group flows into domains and hold out a part of each: 30% of every family for the test, 20% of the rest for validation,
 * rows of equal content together, so that no held-out row repeats one of its own domain's training rows.
 * @param content group of equal content, a row
 * @throws DataError when a column of `by` is not there or fewer than two domains can be used
 */
export function domainsOf(
  flows: Table,
  isAttack: Uint8Array,
  content: Int32Array,
  { by, within = {}, rows: limit }: MatrixParams,
  rng: Rng,
): Domains {
  const wanted = rowsWithin(flows, within);
  const places = jointColumn(flows, by);
  const families = codedColumn(flows, "family");
  const grouped = groupRows(places.codes, wanted, places.values.length);
  const domains: Domain[] = [];
  const leftOut: Record<string, string> = {};
  places.values.forEach((name, code) => {
    if (grouped.sizes[code] === 0) return;
    const own = rng.fork(name);
    const rows = capped(flows, grouped.of(code), limit, own.fork("rows"));
    const domain = divided(name, rows, families, content, own);
    const why = shortcoming(domain, isAttack);
    if (why === undefined) domains.push(domain);
    else leftOut[name] = why;
  });
  if (domains.length < 2) {
    const reasons = Object.entries(leftOut).map(([name, why]) => `${name}: ${why}`);
    throw new DataError(
      `cross: domains by ${by.join(", ")}: two or more were expected, ${domains.length} can be used` +
        `${reasons.length === 0 ? "" : ` (left out: ${shortList(reasons, 6)})`}. ` +
        "Choose other columns for cross.by in params.yaml, or set cross to null.",
    );
  }
  return { domains, leftOut, unplaced: wanted.length - grouped.sizes.reduce((sum, n) => sum + n, 0) };
}

function rowsWithin(flows: Table, within: NonNullable<MatrixParams["within"]>): Int32Array {
  return Object.entries(within).reduce((rows, [name, values]) => {
    const column = codedColumn(flows, name);
    const codes = codesOf(column, [values].flat(), `cross.within (column ${name})`);
    return keep(rows, (row) => codes.has(column.codes[row]));
  }, rowsWhere(flows.rows));
}

function capped(flows: Table, rows: Int32Array, limit: number | null, rng: Rng): Int32Array {
  if (limit === null || rows.length <= limit) return rows;
  const family = takeColumn(flows.text("family"), rows) as TextColumn;
  return stratifiedCap(family, limit, rng).map((at) => rows[at]);
}

function divided(name: string, rows: Int32Array, families: Coded, content: Int32Array, rng: Rng): Domain {
  const tested = drawContent(rows, families, content, HELD_OUT.test, rng.fork("test"));
  const rest = keep(rows, (row) => tested.drawn[row] === 0);
  const { drawn } = drawContent(rest, families, content, HELD_OUT.validation, rng.fork("validation"));
  return {
    name,
    rows,
    train: keep(rest, (row) => drawn[row] === 0),
    validation: keep(rest, (row) => drawn[row] === 1),
    test: keep(rows, (row) => tested.drawn[row] === 1),
    untested: tested.leftOut.map(({ family }) => family),
  };
}

/** Why a domain can neither train nor test; undefined: it can. */
function shortcoming({ rows, train, validation, test }: Domain, isAttack: Uint8Array): string | undefined {
  const attacks = rows.reduce((sum, row) => sum + isAttack[row], 0);
  if (attacks === 0) return `it has no attack (${rows.length} rows)`;
  if (attacks === rows.length) return `it has no benign row (${rows.length} rows)`;
  for (const part of [train, validation, test]) {
    const own = part.reduce((sum, row) => sum + isAttack[row], 0);
    if (Math.min(own, part.length - own) >= FEWEST) continue;
    return `a part of it would have ${own} attacks and ${part.length - own} benign rows (${rows.length} rows in all; fewest: ${FEWEST})`;
  }
  return undefined;
}
