import { DataError } from "../../base/errors.js";
import type { Rng } from "../../base/rng.js";
import { stratifiedCap } from "../../dataset/cap.js";
import { drawContent } from "../../split/content.js";
import { type Coded, codedColumn, codesOf, jointColumn, shortList } from "../../split/groups.js";
import { groupRows, keep, rowsWhere } from "../../split/rows.js";
import { type Table, type TextColumn, takeColumn } from "../../table/table.js";
import type { DomainValues, MatrixParams } from "./params.js";

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
  /** Flows that are in no domain. */
  readonly unplaced: number;
}

/** What a row is used for, in every domain that has it. */
const [UNDRAWN, TRAIN, VALIDATION, TEST] = [0, 1, 2, 3];

/**
 * Group flows into domains and hold out a part of each: 30% of every family for the test, 20% of the rest for validation,
 * rows of equal content together, so that no held-out row repeats one of its own domain's training rows. Where domains
 * overlap, a row is used for the same in each: what the first one does with it holds for the others.
 * @param content group of equal content, a row
 * @throws DataError when a column or value is not there or fewer than two domains can be used
 */
export function domainsOf(
  flows: Table,
  isAttack: Uint8Array,
  content: Int32Array,
  params: MatrixParams,
  rng: Rng,
): Domains {
  const { named, unplaced } = namedRows(flows, params);
  const families = codedColumn(flows, "family");
  const uses = new Uint8Array(flows.rows).fill(UNDRAWN);
  const domains: Domain[] = [];
  const leftOut: Record<string, string> = {};
  for (const [name, all] of named) {
    const own = rng.fork(name);
    const rows = capped(flows, all, params.rows, own.fork("rows"));
    const untested = draw(rows, families, content, uses, own);
    const domain = { name, rows, ...partsOf(rows, uses), untested };
    const why = shortcoming(domain, isAttack);
    if (why === undefined) domains.push(domain);
    else leftOut[name] = why;
  }
  if (domains.length < 2) {
    const reasons = Object.entries(leftOut).map(([name, why]) => `${name}: ${why}`);
    throw new DataError(
      `cross: two domains or more were expected, ${domains.length} can be used` +
        `${reasons.length === 0 ? "" : ` (left out: ${shortList(reasons, 6)})`}. ` +
        "Choose other columns or values under cross in params.yaml, or set cross to null.",
    );
  }
  return { domains, leftOut, unplaced };
}

/** The rows of each domain, and how many have none. */
function namedRows(
  flows: Table,
  { by, domains = {}, within = {} }: MatrixParams,
): { readonly named: readonly (readonly [string, Int32Array])[]; readonly unplaced: number } {
  const wanted = rowsWithin(flows, rowsWhere(flows.rows), within, "cross.within");
  if (by === undefined) {
    const named = Object.entries(domains).map(
      ([name, values]) => [name, rowsWithin(flows, wanted, values, `cross.domains.${name}`)] as const,
    );
    const placed = new Set(named.flatMap(([, rows]) => [...rows]));
    return { named, unplaced: wanted.length - placed.size };
  }
  const places = jointColumn(flows, by);
  const grouped = groupRows(places.codes, wanted, places.values.length);
  return {
    named: places.values
      .map((name, code) => [name, grouped.of(code)] as const)
      .filter(([, rows]) => rows.length > 0),
    unplaced: wanted.length - grouped.sizes.reduce((sum, n) => sum + n, 0),
  };
}

function rowsWithin(flows: Table, all: Int32Array, values: DomainValues, where: string): Int32Array {
  return Object.entries(values).reduce((rows, [name, wanted]) => {
    const column = codedColumn(flows, name);
    const codes = codesOf(column, [wanted].flat(), `${where} (column ${name})`);
    return keep(rows, (row) => codes.has(column.codes[row]));
  }, all);
}

function capped(flows: Table, rows: Int32Array, limit: number | null, rng: Rng): Int32Array {
  if (limit === null || rows.length <= limit) return rows;
  const family = takeColumn(flows.text("family"), rows) as TextColumn;
  return stratifiedCap(family, limit, rng).map((at) => rows[at]);
}

/** Decide what the rows are used for that no domain has had yet. @returns families that have no test row for that reason */
function draw(rows: Int32Array, families: Coded, content: Int32Array, uses: Uint8Array, rng: Rng): string[] {
  const fresh = keep(rows, (row) => uses[row] === UNDRAWN);
  const tested = drawContent(fresh, families, content, HELD_OUT.test, rng.fork("test"));
  const rest = keep(fresh, (row) => tested.drawn[row] === 0);
  const validated = drawContent(rest, families, content, HELD_OUT.validation, rng.fork("validation"));
  for (const row of fresh)
    uses[row] = tested.drawn[row] === 1 ? TEST : validated.drawn[row] === 1 ? VALIDATION : TRAIN;
  return tested.leftOut.map(({ family }) => family);
}

function partsOf(rows: Int32Array, uses: Uint8Array): Pick<Domain, "train" | "validation" | "test"> {
  const of = (use: number): Int32Array => keep(rows, (row) => uses[row] === use);
  return { train: of(TRAIN), validation: of(VALIDATION), test: of(TEST) };
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
