import { SchemaError } from "../base/errors.js";
import type { Table, TextColumn } from "../table/table.js";
import type { AttackRun } from "./groundTruth.js";

/** Seconds by which a flow may lie outside of its run: clocks and the rounding of logs. */
const SLACK_US = 1_000_000;

/** How well runs and flows agree. */
export interface CampaignFacts {
  readonly runs: readonly {
    /** `a1-portscan-3`: site, day, label, place among the runs of these in the order of the file. */
    readonly campaign: string;
    readonly label: string;
    readonly flows: number;
    /** What the ground truth says; null where it says nothing. */
    readonly expected: number | null;
  }[];
  /** Attack flows that no run explains, by label. */
  readonly unmatched: Readonly<Record<string, number>>;
}

/** Columns without which attack runs cannot be joined. */
const needed = ["label", "family", "start_us", "orig_addr", "resp_addr"];

/** Whether flows with these columns can be joined with attack runs: they have times and addresses. */
export function canJoin(columns: readonly string[]): boolean {
  return needed.every((name) => columns.includes(name));
}

/**
 * Says of every attack flow which attack run it belongs to, batch by batch.
 *
 * A run can explain a flow of its own label (or family), site and day that starts in its time, one second of slack on
 * both sides. Of several the one wins with most in common: the attacker as originator, a victim as responder, the port;
 * then the one in whose time the flow starts without slack; then the one that began last. A flow of none of a run's
 * addresses belongs to it only if no other run is better (spoofed sources), never without a victim or an attacker at one
 * end. Benign flows have no campaign.
 */
export class CampaignJoin {
  private readonly names: readonly string[];
  private readonly found: Int32Array;
  private readonly unmatched: Record<string, number> = {};

  constructor(private readonly runs: readonly AttackRun[]) {
    this.names = campaignNames(runs);
    this.found = new Int32Array(runs.length);
  }

  /**
   * @param flows canonical rows: label, family, start_us, orig_addr, resp_addr; site, day, resp_port, orig_port and proto
   *   where known
   * @returns the column `campaign`
   * @throws SchemaError when times or addresses are missing
   */
  add(flows: Table): TextColumn {
    const absent = needed.find((name) => !flows.has(name));
    if (absent !== undefined) {
      throw new SchemaError(
        `campaigns: the flows have no column "${absent}" (has: ${flows.names.join(", ")}). ` +
          "Attack runs are joined by time and address: use logs that have both.",
      );
    }
    const facts = new FlowFacts(flows);
    const candidates = new Map<string, number[]>();
    const codes = new Int32Array(flows.rows).fill(-1);
    for (let row = 0; row < flows.rows; row++) {
      const label = facts.label(row);
      if (label === null || label === "benign") continue;
      const key = facts.key(row);
      let possible = candidates.get(key);
      if (possible === undefined) {
        possible = [...this.runs.keys()].filter((r) => facts.isPossible(row, this.runs[r]));
        candidates.set(key, possible);
      }
      const best = this.bestOf(possible, row, facts);
      if (best < 0) this.unmatched[label] = (this.unmatched[label] ?? 0) + 1;
      else {
        codes[row] = best;
        this.found[best]++;
      }
    }
    return { kind: "text", codes, dictionary: this.names };
  }

  private bestOf(possible: readonly number[], row: number, facts: FlowFacts): number {
    let best = -1;
    let bestScore = 0;
    for (const r of possible) {
      const score = facts.score(row, this.runs[r]);
      const isLater = best >= 0 && this.runs[r].startUs > this.runs[best].startUs;
      if (score > bestScore || (score === bestScore && score > 0 && isLater)) [best, bestScore] = [r, score];
    }
    return best;
  }

  /** How well runs and flows agree, so far. */
  facts(): CampaignFacts {
    return {
      runs: this.runs.map(({ label, flows: expected }, r) => ({
        campaign: this.names[r],
        label,
        flows: this.found[r],
        expected,
      })),
      unmatched: this.unmatched,
    };
  }
}

/** `a1-portscan-3` for the third port scan at site a on day 1. */
function campaignNames(runs: readonly AttackRun[]): string[] {
  const counts = new Map<string, number>();
  return runs.map(({ site, day, label }) => {
    const slug = label
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, "");
    const place = `${site ?? ""}${day ?? ""}`;
    const name = place === "" ? slug : `${place}-${slug}`;
    const number = (counts.get(name) ?? 0) + 1;
    counts.set(name, number);
    return `${name}-${number}`;
  });
}

/** What of a flow matters for the join. */
class FlowFacts {
  private readonly times: ArrayLike<number>;
  private readonly text: Readonly<Record<string, TextColumn | undefined>>;
  private readonly ports: Readonly<Record<string, ArrayLike<number> | undefined>>;

  constructor(flows: Table) {
    this.times = flows.numbers("start_us");
    const names = ["label", "family", "orig_addr", "resp_addr", "site", "day", "proto"];
    this.text = Object.fromEntries(
      names.map((name) => [name, flows.has(name) ? flows.text(name) : undefined]),
    );
    this.ports = Object.fromEntries(
      ["orig_port", "resp_port"].map((name) => [name, flows.has(name) ? flows.numbers(name) : undefined]),
    );
  }

  private value(name: string, row: number): string | null {
    const column = this.text[name];
    const code = column?.codes[row] ?? -1;
    return column === undefined || code < 0 ? null : column.dictionary[code];
  }

  label(row: number): string | null {
    return this.value("label", row);
  }

  /** What decides which runs are possible, whatever the time. */
  key(row: number): string {
    return ["label", "family", "site", "day"].map((name) => this.text[name]?.codes[row] ?? -1).join();
  }

  isPossible(row: number, run: AttackRun): boolean {
    const same = (name: string, wanted: string | null): boolean => {
      const value = this.value(name, row);
      return value === null || wanted === null || value.toLowerCase() === wanted.toLowerCase();
    };
    const isLabel = this.value("label", row)?.toLowerCase() === run.label.toLowerCase();
    const isFamily = this.value("family", row)?.toLowerCase() === run.label.toLowerCase();
    return (isLabel || isFamily) && same("site", run.site) && same("day", run.day);
  }

  /** How much a run has in common with a flow; 0: it cannot explain it. */
  score(row: number, run: AttackRun): number {
    const time = this.times[row];
    if (!(time >= run.startUs - SLACK_US && time <= run.endUs + SLACK_US)) return 0;
    const orig = this.value("orig_addr", row) ?? "";
    const resp = this.value("resp_addr", row) ?? "";
    const attacker = run.attackers.includes(orig) ? 8 : run.attackers.includes(resp) ? 2 : 0;
    const victim = run.victims.includes(resp) ? 8 : run.victims.includes(orig) ? 2 : 0;
    if (attacker + victim === 0) return 0;
    const isInside = time >= run.startUs && time <= run.endUs;
    return attacker + victim + (this.hasPort(row, run) ? 4 : 0) + (isInside ? 1 : 0);
  }

  private hasPort(row: number, run: AttackRun): boolean {
    const proto = this.value("proto", row) ?? "";
    // ICMP has its type where others have the originator's port.
    const port = proto === "icmp" ? this.ports.orig_port : this.ports.resp_port;
    return port !== undefined && run.ports.has(`${proto}/${port[row]}`);
  }
}
