import { describe, expect, it } from "vitest";
import { hostSummary } from "#lib/serve/hosts.js";
import { float64, int64, Table, text } from "#lib/table/table.js";

const decisions = Table.of({ decision: int64([0, 1, 1, 0, 0]), score: float64([0.1, 0.9, 0.8, 0.2, 0.3]) });
const host = text(["10.0.0.9", "10.0.0.1", "10.0.0.1", "10.0.0.2", null]);

describe("hostSummary", () => {
  it("counts flows and alerts of each originator, most alerts first, then the highest score", () => {
    const flows = Table.of({ host, start_us: int64([5, 20, 10, Number.NaN, 1]) });
    expect(hostSummary(flows, decisions).objects()).toEqual([
      { host: "10.0.0.1", flows: 2, alerts: 2, highest_score: 0.9, first_seen_us: 10, last_seen_us: 20 },
      { host: "10.0.0.2", flows: 1, alerts: 0, highest_score: 0.2, first_seen_us: null, last_seen_us: null },
      { host: "10.0.0.9", flows: 1, alerts: 0, highest_score: 0.1, first_seen_us: 5, last_seen_us: 5 },
    ]);
  });

  it("refuses data without addresses", () => {
    expect(() => hostSummary(decisions, decisions)).toThrow(/--hosts needs originator addresses/);
  });
});
