import { DataError } from "../base/errors.js";
import { compareText } from "../base/json.js";
import { float64, int64, Table, text } from "../table/table.js";

/**
 * Originators with flows, alerts, highest score, first and last seen (microseconds, UTC); most alerts first.
 * @throws DataError when the data have no addresses
 */
export function hostSummary(flows: Table, decisions: Table): Table {
  if (!flows.has("host")) {
    throw new DataError(
      "predict: --hosts needs originator addresses, which these data do not have. Leave --hosts out.",
    );
  }
  const { codes, dictionary } = flows.text("host");
  const times = flows.has("start_us") ? flows.numbers("start_us") : undefined;
  const decision = decisions.numbers("decision");
  const score = decisions.numbers("score");
  const hosts = dictionary.map((host) => ({
    host,
    flows: 0,
    alerts: 0,
    highest: -Infinity,
    first: Infinity,
    last: -Infinity,
  }));
  codes.forEach((code, row) => {
    if (code < 0) return;
    const host = hosts[code];
    host.flows++;
    host.alerts += decision[row];
    host.highest = Math.max(host.highest, score[row]);
    const time = times?.[row] ?? Number.NaN;
    if (time < host.first) host.first = time;
    if (time > host.last) host.last = time;
  });
  const seen = hosts.filter((host) => host.flows > 0);
  seen.sort((a, b) => b.alerts - a.alerts || b.highest - a.highest || compareText(a.host, b.host));
  const finite = (value: number): number => (Number.isFinite(value) ? value : Number.NaN);
  return Table.of({
    host: text(seen.map(({ host }) => host)),
    flows: int64(seen.map((host) => host.flows)),
    alerts: int64(seen.map(({ alerts }) => alerts)),
    highest_score: float64(seen.map(({ highest }) => highest)),
    first_seen_us: int64(seen.map(({ first }) => finite(first))),
    last_seen_us: int64(seen.map(({ last }) => finite(last))),
  });
}
