import { compareText } from "../base/json.js";
import type { AuditFacts } from "../explain/audit/facts.js";
import { type Figure, figureOf } from "../report/figure.js";
import { absent, count, fixed, percent, plural } from "../report/numbers.js";
import { scatterFigure } from "../report/plainFigures.js";
import { type Column, countCell, numberCell, type ReportTable, textCell } from "../report/table.js";
import type { Table } from "../table/table.js";
import { ordered } from "./explore.js";

/** States of a connection that got no answer, or a refusal. Source: Zeek's conn.log, conn_state */
const vain: readonly string[] = ["S0", "REJ", "SH", "SHR", "RSTOS0", "RSTRH"];

/** What one host did as the originator of flows. */
export interface HostFacts {
  readonly host: string;
  readonly flows: number;
  readonly attacks: number;
  /** Different responders, and pairs of responder and port. */
  readonly responders: number;
  readonly targets: number;
  /** Share of its flows without an answer, or refused; null where no flow has a state. */
  readonly inVain: number | null;
  /** Median payload bytes that it sent in a flow; null where none is known. */
  readonly medianBytes: number | null;
}

/**
 * Hosts by what they did, most flows first.
 * @param flows with host, is_attack, resp_addr, resp_port, conn_state and orig_bytes
 * @throws SchemaError when a column is not there
 */
export function hostFacts(flows: Table): HostFacts[] {
  const hosts = flows.strings("host");
  const attacks = flows.numbers("is_attack");
  const responders = flows.strings("resp_addr");
  const ports = flows.numbers("resp_port");
  const states = flows.strings("conn_state");
  const bytes = flows.numbers("orig_bytes");
  const rows = new Map<string, number[]>();
  hosts.forEach((host, row) => {
    if (host === null) return;
    const own = rows.get(host);
    if (own === undefined) rows.set(host, [row]);
    else own.push(row);
  });
  return Array.from(rows, ([host, own]): HostFacts => {
    const known = own.filter((row) => states[row] !== null);
    const sent = own
      .map((row) => bytes[row])
      .filter(Number.isFinite)
      .sort((a, b) => a - b);
    return {
      host,
      flows: own.length,
      attacks: own.reduce((sum, row) => sum + attacks[row], 0),
      responders: new Set(own.map((row) => responders[row])).size,
      targets: new Set(own.map((row) => `${responders[row]} ${ports[row]}`)).size,
      inVain:
        known.length === 0 ? null : known.filter((row) => vain.includes(states[row]!)).length / known.length,
      medianBytes: sent.length === 0 ? null : sent[Math.floor((sent.length - 1) / 2)],
    };
  }).sort((a, b) => b.flows - a.flows || compareText(a.host, b.host));
}

/**
 * What the flows of a group have in common: how many originators and targets (responder and port), how often one originator
 * comes back to one target, and how often in vain. Lines as in `countTable`.
 * @param flows with host, resp_addr, resp_port, conn_state and the column `by`
 * @throws SchemaError when a column is not there
 */
export function targetTable(flows: Table, by = "family"): ReportTable {
  const groups = flows.strings(by);
  const hosts = flows.strings("host");
  const responders = flows.strings("resp_addr");
  const ports = flows.numbers("resp_port");
  const states = flows.strings("conn_state");
  const rows = new Map<string, number[]>();
  groups.forEach((group, row) => {
    const name = group ?? "(missing)";
    const own = rows.get(name);
    if (own === undefined) rows.set(name, [row]);
    else own.push(row);
  });
  const right = (name: string, title: string): Column => ({ name, title, align: "right" });
  return {
    caption: `How the flows of each ${by} meet their targets`,
    columns: [
      { name: by, title: by },
      right("flows", "flows"),
      right("originators", "originators"),
      right("targets", "responders and ports"),
      right("repeats", "flows of one host to one target"),
      right("in_vain", "unanswered or refused"),
    ],
    rows: ordered(new Map(Array.from(rows, ([name, own]) => [name, own.length]))).map((name) => {
      const own = rows.get(name)!;
      const target = (row: number): string => `${responders[row]} ${ports[row]}`;
      const pairs = new Set(own.map((row) => `${hosts[row]} ${target(row)}`));
      const known = own.filter((row) => states[row] !== null);
      const failed = known.filter((row) => vain.includes(states[row]!));
      return [
        textCell(name),
        countCell(own.length),
        countCell(new Set(own.map((row) => hosts[row])).size),
        countCell(new Set(own.map(target)).size),
        numberCell(own.length / pairs.size, undefined, 1),
        textCell(known.length === 0 ? absent : percent(failed.length / known.length)),
      ];
    }),
  };
}

/** The busiest hosts that attack beside the busiest that do not. @param each how many of either */
export function hostTable(flows: Table, each = 5): ReportTable {
  const all = hostFacts(flows);
  const attacking = all
    .filter(({ attacks }) => attacks > 0)
    .sort((a, b) => b.attacks - a.attacks || compareText(a.host, b.host));
  const normal = all.filter(({ attacks }) => attacks === 0);
  const right = (name: string, title: string): Column => ({ name, title, align: "right" });
  return {
    caption: `Hosts that attack (${count(attacking.length)}) beside those that never do (${count(normal.length)}): the busiest of either`,
    columns: [
      { name: "host", title: "host" },
      right("flows", "flows"),
      right("attacks", "of them attacks"),
      right("responders", "responders"),
      right("targets", "responders and ports"),
      right("in_vain", "unanswered or refused"),
      right("bytes", "median bytes sent"),
    ],
    rows: [...attacking.slice(0, each), ...normal.slice(0, each)].map((host) => [
      textCell(host.host),
      countCell(host.flows),
      countCell(host.attacks),
      countCell(host.responders),
      countCell(host.targets),
      numberCell(host.inVain, "no flow has a state", 2),
      countCell(host.medianBytes, "no flow has a byte count"),
    ]),
  };
}

/** Every host as a point: how many flows it began, and to how many different targets. */
export function hostFigure(flows: Table): Figure {
  const all = hostFacts(flows);
  const groups = {
    "never attacks": all.filter(({ attacks }) => attacks === 0),
    "attacks, among other things": all.filter(({ attacks, flows: n }) => attacks > 0 && attacks < n),
    "does nothing but attack": all.filter(({ attacks, flows: n }) => attacks === n),
  };
  return scatterFigure(
    Object.entries(groups)
      .filter(([, own]) => own.length > 0)
      .map(([name, own]) => ({
        name,
        x: own.map((host) => host.flows),
        y: own.map(({ targets }) => targets),
      })),
    {
      title: "Hosts by their flows and targets",
      subtitle: "a point a host; both axes in log scale",
      alt: `${count(all.length)} hosts: ${Object.entries(groups)
        .map(([name, own]) => `${count(own.length)} ${name}`)
        .join(", ")}.`,
      x: { title: "Flows that the host began (log scale)", scale: "log" },
      y: { title: "Different responders and ports (log scale)", scale: "log" },
    },
  );
}

/**
 * When which class was seen: flows by family and stretch of time, darker for more (log scale).
 * @param flows with start_us and family, of one stretch of capture; rows without a time are left out
 * @param options stretches: how many equal ones
 */
export function familiesOverTime(
  flows: Table,
  options: { readonly stretches?: number; readonly subtitle?: string } = {},
): Figure {
  const { stretches = 12, subtitle } = options;
  const start = flows.numbers("start_us");
  const family = flows.strings("family");
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const time of start) {
    if (!Number.isFinite(time)) continue;
    first = Math.min(first, time);
    last = Math.max(last, time);
  }
  const width = Math.max(1, (last - first + 1) / stretches);
  const counts = new Map<string, number[]>();
  start.forEach((time, row) => {
    if (!Number.isFinite(time)) return;
    const name = family[row] ?? "(missing)";
    const own = counts.get(name) ?? new Array<number>(stretches).fill(0);
    own[Math.min(stretches - 1, Math.floor((time - first) / width))]++;
    counts.set(name, own);
  });
  const begin = (name: string): number => counts.get(name)!.findIndex((n) => n > 0);
  const names = [...counts.keys()].sort(
    (a, b) => Number(b === "benign") - Number(a === "benign") || begin(a) - begin(b) || compareText(a, b),
  );
  const most = Math.max(1, ...[...counts.values()].flat());
  const minutes = width / 60e6;
  const digits = minutes < 1 ? 1 : 0;
  return figureOf(
    {
      kind: "heat",
      title: "Flows by family over time",
      ...(subtitle === undefined ? {} : { subtitle }),
      x: {
        title: `Minutes after the first flow (${stretches} equal stretches)`,
        names: Array.from({ length: stretches }, (_, i) => fixed(i * minutes, digits)),
      },
      y: { title: "Family", names },
      shade: names.map((name) => counts.get(name)!.map((n) => Math.log1p(n) / Math.log1p(most))),
      text: names.map((name) =>
        counts.get(name)!.map((n) => (n === 0 ? "" : n < 1000 ? String(n) : `${fixed(n / 1000, 1)}k`)),
      ),
    },
    `Flows by family in ${stretches} stretches of time. ${names.map((name) => `${name}: ${count(counts.get(name)!.reduce((a, b) => a + b, 0))}, from minute ${fixed(begin(name) * minutes, digits)}`).join("; ")}.`,
  );
}

/** How well each column alone tells attacks from benign rows; beyond the line a model may learn the column and nothing else. */
export function shortcutFigure({ shortcuts }: AuditFacts, most = 15): Figure {
  const shown = shortcuts.columns.slice(0, most);
  const left = shortcuts.columns.length - shown.length;
  return figureOf(
    {
      kind: "dots",
      title: "What a single column gives away",
      subtitle: `${count(shortcuts.rows)} rows; a shortcut above ${fixed(shortcuts.limit, 2)}${left > 0 ? `; ${plural(left, "column")} below these` : ""}`,
      x: { title: "Macro-F1 of the column alone", domain: [0, 1] },
      rows: shown.map(({ column, shortcut }) => ({ name: column, note: shortcut ? "shortcut" : "" })),
      series: [{ name: "macro-F1", values: shown.map(({ macro_f1: value }) => value) }],
    },
    `Macro-F1 of single columns: ${shown.map(({ column, macro_f1: value }) => `${column} ${fixed(value, 3)}`).join(", ")}.`,
  );
}
