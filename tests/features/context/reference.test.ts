import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { contextFlows, outcome } from "#lib/features/context/flows.js";
import { horizonUs } from "#lib/features/context/params.js";
import { contextOf, someFlows, someParams } from "./samples.js";

/** Every column again, from its definition, by looking at all earlier flows. */
describe.each([11, 12])("context against its definition (seed %i)", (seed) => {
  const table = someFlows(Rng.root(seed), 250);
  const flows = contextFlows(table);
  const { endUs, orig, resp, port, service, origPort, bytes } = flows;
  const sources = table.strings("source");
  const params = someParams();
  const computed = contextOf(table, params);
  const rows = [...endUs.keys()].filter((row) => !Number.isNaN(endUs[row]) && orig[row] >= 0);
  const pastOf = (row: number): number[] =>
    rows
      .filter(
        (r) => sources[r] === sources[row] && (endUs[r] < endUs[row] || (endUs[r] === endUs[row] && r < row)),
      )
      .sort((a, b) => endUs[a] - endUs[b] || a - b);
  const check = (name: string, of: (past: number[], row: number) => number, rounding = 1e-6): void => {
    const values = computed.get(`ctx_${name}`) as Float32Array;
    for (const row of rows) {
      const expected = of(pastOf(row), row);
      if (Number.isNaN(expected)) expect(values[row], `${name} ${row}`).toBeNaN();
      else
        expect(Math.abs(values[row] - expected), `${name} ${row}`).toBeLessThanOrEqual(
          1e-6 * Math.abs(expected) + rounding,
        );
    }
  };
  const failed = (r: number): boolean => flows.outcome[r] !== outcome.fine;
  const unanswered = (r: number): boolean => flows.outcome[r] === outcome.unanswered;
  const rejected = (r: number): boolean => flows.outcome[r] === outcome.rejected;
  const share = (part: number[], whole: number[]): number => part.length / whole.length;
  const distinct = (values: number[]): number => new Set(values).size;
  const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const cv = (values: number[]): number =>
    values.length < 3
      ? Number.NaN
      : Math.sqrt(mean(values.map((v) => (v - mean(values)) ** 2))) / mean(values);

  const windows: [string, (past: number[], row: number) => number[]][] = [
    ["last7", (past) => past.slice(-7)],
    ...params.seconds.map((s): [string, (past: number[], row: number) => number[]] => [
      `${s}s`,
      (past, row) => past.filter((r) => endUs[r] >= endUs[row] - s * 1e6),
    ]),
  ];
  it.each(windows)("windows: %s", (suffix, within) => {
    const toResp = (past: number[], row: number) => within(past, row).filter((r) => resp[r] === resp[row]);
    const byOrig = (past: number[], row: number) => within(past, row).filter((r) => orig[r] === orig[row]);
    const onPort = (past: number[], row: number) => within(past, row).filter((r) => port[r] === port[row]);
    const define = (name: string, of: (past: number[], row: number) => number): void =>
      check(`${name}_${suffix}`, of);
    define("resp_flows", (p, i) => toResp(p, i).length);
    define("resp_peers", (p, i) => distinct(toResp(p, i).map((r) => orig[r])));
    define("resp_srvs", (p, i) => distinct(toResp(p, i).map((r) => port[r])));
    define("resp_unanswered_share", (p, i) => share(toResp(p, i).filter(unanswered), toResp(p, i)));
    define("resp_rejected_share", (p, i) => share(toResp(p, i).filter(rejected), toResp(p, i)));
    define("resp_failed_share", (p, i) => share(toResp(p, i).filter(failed), toResp(p, i)));
    define("resp_bytes_mean", (p, i) => mean(toResp(p, i).map((r) => bytes[r])));
    define("resp_same_srv_share", (p, i) =>
      share(
        toResp(p, i).filter((r) => port[r] === port[i]),
        toResp(p, i),
      ),
    );
    define("resp_other_srvs_share", (p, i) => {
      const others = toResp(p, i)
        .map((r) => port[r])
        .filter((other) => other !== port[i]);
      return distinct(others) / toResp(p, i).length;
    });
    define("resp_app_flows", (p, i) => toResp(p, i).filter((r) => service[r] === service[i]).length);
    define("resp_orig_p_flows", (p, i) => toResp(p, i).filter((r) => origPort[r] === origPort[i]).length);
    define("srv_flows", (p, i) => onPort(p, i).length);
    define("srv_unanswered_share", (p, i) => share(onPort(p, i).filter(unanswered), onPort(p, i)));
    define("srv_rejected_share", (p, i) => share(onPort(p, i).filter(rejected), onPort(p, i)));
    define("srv_other_resps_share", (p, i) =>
      share(
        onPort(p, i).filter((r) => resp[r] !== resp[i]),
        onPort(p, i),
      ),
    );
    define("orig_flows", (p, i) => byOrig(p, i).length);
    define("orig_peers", (p, i) => distinct(byOrig(p, i).map((r) => resp[r])));
    define("orig_srvs", (p, i) => distinct(byOrig(p, i).map((r) => port[r])));
    define("orig_failed_share", (p, i) => share(byOrig(p, i).filter(failed), byOrig(p, i)));
    define("orig_bytes_mean", (p, i) => mean(byOrig(p, i).map((r) => bytes[r])));
    define("orig_app_flows", (p, i) => byOrig(p, i).filter((r) => service[r] === service[i]).length);
    define("orig_srv_flows", (p, i) => byOrig(p, i).filter((r) => port[r] === port[i]).length);
    define("pair_flows", (p, i) => byOrig(p, i).filter((r) => resp[r] === resp[i]).length);
    define(
      "pair_srv_flows",
      (p, i) => byOrig(p, i).filter((r) => resp[r] === resp[i] && port[r] === port[i]).length,
    );
  });

  /** The flows of a key before this one, back to the last pause that is longer than the horizon. */
  const chain = (past: number[], row: number): number[] => {
    let from = past.length;
    let next = endUs[row];
    while (from > 0 && next - endUs[past[from - 1]] <= horizonUs(params)) next = endUs[past[--from]];
    return past.slice(from);
  };
  const ofOrig = (past: number[], row: number) =>
    chain(
      past.filter((r) => orig[r] === orig[row]),
      row,
    );
  const ofResp = (past: number[], row: number) =>
    chain(
      past.filter((r) => resp[r] === resp[row]),
      row,
    );
  const ofPair = (past: number[], row: number) =>
    chain(
      past.filter((r) => orig[r] === orig[row] && resp[r] === resp[row] && port[r] === port[row]),
      row,
    );
  /** Pauses that end with the given flows, the first of which has none. */
  const pauses = (list: number[]): number[] => list.slice(1).map((r, i) => endUs[r] - endUs[list[i]]);

  it("arrivals", () => {
    for (const [key, of] of Object.entries({ orig: ofOrig, resp: ofResp, pair: ofPair })) {
      check(`${key}_pause_us`, (p, i) => endUs[i] - (endUs[of(p, i).at(-1) ?? -1] ?? Number.NaN));
      check(`${key}_pause_mean_us`, (p, i) => mean(pauses([...of(p, i), i]).slice(-16)));
      check(`${key}_pause_cv`, (p, i) => cv(pauses([...of(p, i), i]).slice(-16)));
    }
    check("pair_bytes_mean", (p, i) =>
      mean(
        ofPair(p, i)
          .slice(-16)
          .map((r) => bytes[r]),
      ),
    );
    check("pair_bytes_cv", (p, i) =>
      cv(
        ofPair(p, i)
          .slice(-16)
          .map((r) => bytes[r]),
      ),
    );
  });

  it.each(params.lambda)("damped, lambda %f", (lambda) => {
    const weightAt = (row: number, r: number): number => 2 ** ((-lambda * (endUs[row] - endUs[r])) / 1e6);
    const moments = (list: number[], value: (r: number) => number, row: number): [number, number, number] => {
      const w = list.reduce((sum, r) => sum + weightAt(row, r), 0);
      const m = list.reduce((sum, r) => sum + weightAt(row, r) * value(r), 0) / w;
      return [w, m, Math.sqrt(list.reduce((sum, r) => sum + weightAt(row, r) * (value(r) - m) ** 2, 0) / w)];
    };
    for (const [key, of] of Object.entries({ orig: ofOrig, resp: ofResp, pair: ofPair })) {
      ["flows", "bytes_mean", "bytes_sd"].forEach((name, k) => {
        // A single value has no spread; its computation may leave a rounding error.
        check(
          `${key}_damped_${name}_lambda${lambda}`,
          (p, i) => moments(of(p, i), (r) => bytes[r], i)[k],
          1e-4,
        );
      });
    }
    ["mean", "sd"].forEach((name, k) => {
      check(
        `pair_damped_pause_${name}_us_lambda${lambda}`,
        (p, i) => {
          const list = ofPair(p, i);
          const before = new Map(list.slice(1).map((r, j) => [r, endUs[r] - endUs[list[j]]]));
          return moments(list.slice(1), (r) => before.get(r) ?? 0, i)[k + 1];
        },
        1,
      );
    });
  });
});
