import type { Rng } from "../../base/rng.js";
import { choleskyInPlace, choleskySolve } from "../../numeric/cholesky.js";

/** A value of coalitions: `coalitions` is m × players (1: takes part); m numbers. */
export type Game = (coalitions: Uint8Array) => Promise<Float64Array>;

export interface KernelShapOptions {
  readonly players: number;
  /** Most coalitions that are tried, beside the empty and the full one. With all of them the values are exact. */
  readonly coalitions: number;
  readonly rng: Rng;
}

export interface KernelShapValues {
  readonly base: number;
  /** One a player; they and `base` add up to the value of the full coalition. */
  readonly values: Float64Array;
  /** By the delete-a-group jackknife over ten groups of coalitions; null where all coalitions were tried. */
  readonly standardErrors: Float64Array | null;
}

/** Coalitions with their weights in the regression. */
interface Drawn {
  readonly coalitions: Uint8Array;
  readonly weights: Float64Array;
  readonly exact: boolean;
}

const GROUPS = 10;

/**
 * KernelSHAP: Shapley values of any game as the weighted least-squares fit of an additive one. Coalitions are drawn in
 * pairs with their complements; where there are few enough all are taken, and the values are exact.
 * Source: Lundberg and Lee 2017, "A unified approach to interpreting model predictions", arXiv:1705.07874, theorem 2;
 * pairs: Covert and Lee 2021, "Improving KernelSHAP", arXiv:2012.01536.
 * It works badly with few coalitions (look at the standard errors) and with columns that depend on each other, whose
 * values are mixed into rows that no network would send.
 */
export async function kernelShap(game: Game, options: KernelShapOptions): Promise<KernelShapValues> {
  const { players } = options;
  const ends = await game(Uint8Array.from({ length: 2 * players }, (_, i) => (i < players ? 0 : 1)));
  const [base, full] = ends;
  if (players === 0) return { base, values: new Float64Array(0), standardErrors: null };
  if (players === 1) return { base, values: Float64Array.of(full - base), standardErrors: null };
  const drawn = players <= 20 && 2 ** players - 2 <= options.coalitions ? allOf(players) : draw(options);
  const worth = (await game(drawn.coalitions)).map((value) => value - base);
  const fit = (leftOut: number): Float64Array => regress(drawn, worth, players, full - base, leftOut);
  const values = fit(-1);
  return { base, values, standardErrors: drawn.exact ? null : jackknife(fit, players) };
}

/** Every coalition but the empty and the full one, with the Shapley kernel's weight. */
function allOf(players: number): Drawn {
  const count = 2 ** players - 2;
  const coalitions = new Uint8Array(count * players);
  const weights = new Float64Array(count);
  const choose = [1];
  for (let s = 1; s <= players; s++) choose.push((choose[s - 1] * (players - s + 1)) / s);
  for (let mask = 1; mask <= count; mask++) {
    let size = 0;
    for (let i = 0; i < players; i++) {
      const takesPart = (mask >> i) & 1;
      coalitions[(mask - 1) * players + i] = takesPart;
      size += takesPart;
    }
    weights[mask - 1] = (players - 1) / (choose[size] * size * (players - size));
  }
  return { coalitions, weights, exact: true };
}

/** Coalitions drawn by the Shapley kernel, each followed by its complement; all weigh the same. */
function draw({ players, coalitions: most, rng }: KernelShapOptions): Drawn {
  // A pair says one thing about the players, and the jackknife goes without a tenth of them: with fewer pairs than this the
  // regression has more unknowns than facts.
  const pairs = Math.max(Math.ceil(1.5 * players) + 20, Math.floor(most / 2));
  const coalitions = new Uint8Array(2 * pairs * players);
  const cumulative = new Float64Array(players);
  for (let s = 1; s < players; s++) cumulative[s] = cumulative[s - 1] + 1 / (s * (players - s));
  for (let pair = 0; pair < pairs; pair++) {
    const u = rng.uniform() * cumulative[players - 1];
    let size = 1;
    while (cumulative[size] <= u && size < players - 1) size++;
    const at = 2 * pair * players;
    coalitions.fill(1, at + players, at + 2 * players);
    for (const i of rng.sample(players, size)) {
      coalitions[at + i] = 1;
      coalitions[at + players + i] = 0;
    }
  }
  return { coalitions, weights: new Float64Array(2 * pairs).fill(1), exact: false };
}

/**
 * Weighted least squares under the constraint that the values add up to `total`: the last player's is what the others
 * leave. Coalitions of the group `leftOut` do not count (-1: all do).
 */
function regress(
  { coalitions, weights }: Drawn,
  worth: Float64Array,
  players: number,
  total: number,
  leftOut: number,
): Float64Array {
  const n = players - 1;
  const matrix = new Float64Array(n * n);
  const right = new Float64Array(n);
  const row = new Float64Array(n);
  for (let m = 0; m < weights.length; m++) {
    if ((m >> 1) % GROUPS === leftOut) continue;
    const last = coalitions[m * players + n];
    for (let i = 0; i < n; i++) row[i] = coalitions[m * players + i] - last;
    const y = worth[m] - last * total;
    for (let i = 0; i < n; i++) {
      if (row[i] === 0) continue;
      const weighted = weights[m] * row[i];
      right[i] += weighted * y;
      for (let j = 0; j <= i; j++) matrix[i * n + j] += weighted * row[j];
    }
  }
  const values = new Float64Array(players);
  choleskyInPlace(matrix, n);
  choleskySolve(matrix, n, right);
  values.set(right);
  values[n] = total - values.subarray(0, n).reduce((sum, value) => sum + value, 0);
  return values;
}

function jackknife(fit: (leftOut: number) => Float64Array, players: number): Float64Array {
  const fits = Array.from({ length: GROUPS }, (_, group) => fit(group));
  return Float64Array.from({ length: players }, (_, i) => {
    const mean = fits.reduce((sum, each) => sum + each[i], 0) / GROUPS;
    const squares = fits.reduce((sum, each) => sum + (each[i] - mean) ** 2, 0);
    return Math.sqrt(((GROUPS - 1) / GROUPS) * squares);
  });
}
