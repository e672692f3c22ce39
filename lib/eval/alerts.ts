import { ratio } from "./confusion.js";
import type { Tally } from "./tally.js";

/** Shares of attacks among all flows, as a network in operation may have them, by their names in the metrics file. */
export const baseRates = ["0.01", "0.001", "0.0001"] as const;
export type BaseRate = (typeof baseRates)[number];

/** Hours of traffic that a part amounts to (hours.ts), or why that is unknown. */
export type PartHours = { readonly hours: number } | { readonly reason: string };

/** What an analyst would see at the threshold; null where it is undefined. */
export interface AlertRates {
  readonly alerts_per_10k_flows: number | null;
  readonly alerts_per_hour: number | null;
  readonly precision_at_base_rate: Readonly<Record<BaseRate, number | null>>;
}

/**
 * The share of alerts that are attacks where `rate` of all flows are attacks and the detector keeps its place on the ROC
 * curve: tpr · rate / (tpr · rate + fpr · (1 − rate)).
 *
 * Works badly where the false positive rate rests on few benign rows: none of n flagged gives a precision of 1, and
 * leaves room for a false positive rate of about 3/n.
 * @returns null when a rate is unknown, or nothing is flagged
 * Source: Axelsson 2000, The base-rate fallacy and the difficulty of intrusion detection.
 */
export function precisionAt(rate: number, tpr: number | null, fpr: number | null): number | null {
  if (tpr === null || fpr === null) return null;
  return ratio(tpr * rate, tpr * rate + fpr * (1 - rate));
}

export function alertRates({ n, attacks, tp, fp }: Tally, time: PartHours): AlertRates {
  const tpr = ratio(tp, attacks);
  const fpr = ratio(fp, n - attacks);
  return {
    alerts_per_10k_flows: ratio(1e4 * (tp + fp), n),
    alerts_per_hour: "hours" in time && n > 0 ? (tp + fp) / time.hours : null,
    precision_at_base_rate: Object.fromEntries(
      baseRates.map((rate) => [rate, precisionAt(Number(rate), tpr, fpr)]),
    ) as Record<BaseRate, number | null>,
  };
}

/** The reason of every null among the alert rates, by name (`precision_at_base_rate.0.01`). */
export function alertReasons(rates: AlertRates, t: Tally, time: PartHours): Record<string, string> {
  const empty = "the part has no rows";
  const reasons: Record<string, string> = {};
  if (rates.alerts_per_10k_flows === null) reasons.alerts_per_10k_flows = empty;
  if (rates.alerts_per_hour === null) reasons.alerts_per_hour = "reason" in time ? time.reason : empty;
  for (const rate of baseRates) {
    if (rates.precision_at_base_rate[rate] !== null) continue;
    reasons[`precision_at_base_rate.${rate}`] =
      t.n === 0
        ? empty
        : t.attacks === 0
          ? "the part has no attack row"
          : t.attacks === t.n
            ? "the part has no benign row"
            : "no row is at or above the threshold";
  }
  return reasons;
}
