import type { z } from "zod";
import { canonicalJson } from "../../base/json.js";
import type { Rng } from "../../base/rng.js";
import { DRAWN, isWhole, type Range, type SearchParams } from "./params.js";

/** Values of the searched parameters, by name. */
export type Candidate = Readonly<Record<string, unknown>>;

/** Draws in vain, one after the other, after which a space counts as exhausted. */
const IN_VAIN = 200;

/**
 * What a search tries, each combination once.
 *
 * A grid has every combination, in the written order, the last parameter changing fastest. A random search draws each
 * parameter by itself: a list evenly, a range evenly or evenly in its logarithm, rounded to whole numbers where the
 * parameter takes nothing else, and else to six digits, so that what is chosen can be written into params.yaml.
 * Source: Bergstra and Bengio 2012, Random search for hyper-parameter optimization, JMLR 13.
 * @param shape schemas of the model's parameters
 * @returns fewer than were asked for where there are not so many
 */
export function candidatesOf(
  search: SearchParams,
  shape: Readonly<Record<string, z.ZodType>>,
  rng: Rng,
): Candidate[] {
  const spaces = Object.entries(search.over).map(([name, wanted]) => {
    const whole = !Array.isArray(wanted) && isWhole(shape[name]);
    return { name, values: listed(wanted, whole), wanted, whole };
  });
  const found = new Map<string, Candidate>();
  const add = (candidate: Candidate): boolean => {
    const key = canonicalJson(candidate);
    if (found.has(key)) return false;
    found.set(key, candidate);
    return true;
  };
  if (search.method === "grid") {
    let all: Candidate[] = [{}];
    for (const { name, values = [] } of spaces)
      all = all.flatMap((begun) => values.map((value) => ({ ...begun, [name]: value })));
    for (const candidate of all) add(candidate);
    return [...found.values()];
  }
  const wanted = search.candidates ?? DRAWN;
  for (let vain = 0; found.size < wanted && vain < IN_VAIN; ) {
    const drawn = spaces.map(({ name, values, wanted: space, whole }) => [
      name,
      values === undefined ? draw(space as Range, whole, rng) : values[rng.integer(values.length)],
    ]);
    vain = add(Object.fromEntries(drawn)) ? 0 : vain + 1;
  }
  return [...found.values()];
}

/** The values of a list, or of a range with steps; undefined where there are too many to list. */
function listed(wanted: Range | readonly unknown[], whole: boolean): readonly unknown[] | undefined {
  if (!("from" in wanted)) return wanted;
  const { steps } = wanted;
  if (steps === undefined) return undefined;
  const values = Array.from({ length: steps }, (_, i) => at(wanted, i / (steps - 1), whole));
  return [...new Set(values)];
}

function draw(range: Range, whole: boolean, rng: Rng): number {
  if (!whole) return at(range, rng.uniform(), false);
  if (range.log) return at(range, rng.uniform(), true);
  const low = Math.ceil(range.from);
  return low + rng.integer(Math.floor(range.to) - low + 1);
}

/** The value at a share of the way from the range's beginning to its end. */
function at({ from, to, log }: Range, share: number, whole: boolean): number {
  const value = log ? from * (to / from) ** share : from + (to - from) * share;
  const rounded = whole ? Math.round(value) : Number(value.toPrecision(6));
  return Math.min(to, Math.max(from, rounded));
}
