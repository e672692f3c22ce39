import { describe, expect, it } from "vitest";
import { breakdownsOf, MOST_GROUPS } from "#lib/eval/breakdowns.js";
import { attackNames, attacksOfFolds, surroundingsOf } from "#lib/eval/surroundings.js";
import { float32, int64, Table, text } from "#lib/table/table.js";

const isAttack = Uint8Array.of(0, 1, 1, 0, 1, 0);
const part = {
  isAttack,
  scores: [0.1, 0.9, 0.2, 0.6, 0.8, 0.3],
  threshold: 0.5,
  family: text(["benign", "DoS", "Scan", "benign", "DoS", "benign"]),
  trainingFamilies: ["benign", "DoS", "Bot"],
};
const flows = Table.of({
  host: text(["a", "b", "b", null, "a", "b"]),
  service: int64([1, 2, 3, 4, 5, 6]), // a plain table may have numbers there
  label_original: text(["Benign", "Flood", "Sweep", "Benign", "Flood", "Benign"]),
  start_us: int64([1, 2, 3, 4, 5, 6]),
});
const features = Table.of({ bytes: float32([1, 2, Number.NaN, 4, 5, 6]) });
const source = { flows, features, ownColumns: ["bytes"], windows: { batches: 2, seconds: 1 } };
const all = Int32Array.of(0, 1, 2, 3, 4, 5);
const around = surroundingsOf(source, all, ["Bot", "Flood"]);

describe("breakdowns of a part", () => {
  const found = breakdownsOf(part, around);

  it("by host, the largest first; rows without one stand alone", () => {
    const brief = found.by.host?.groups.map(({ name, n, attacks, tp, fp }) => [name, n, attacks, tp, fp]);
    expect(brief).toEqual([
      ["b", 3, 2, 1, 0],
      ["a", 2, 1, 1, 0],
      [null, 1, 0, 0, 1],
    ]);
    expect(found.by.host?.others).toBeNull();
  });

  it("by the columns that rows lack", () => {
    expect(found.by.columns?.groups.map(({ name, n, without }) => [name, n, without])).toEqual([
      ["all columns", 5, []],
      ["without bytes", 1, ["bytes"]],
    ]);
  });

  it("by attack against every benign row, with those of training that the part lacks", () => {
    expect(
      found.attacks?.groups.map(({ name, n, detected, roc_auc, seen }) => [name, n, detected, roc_auc, seen]),
    ).toEqual([
      ["Flood", 2, 2, 1, true],
      ["Sweep", 1, 0, 1 / 3, false],
    ]);
    expect(found.attacks?.untested).toEqual(["Bot"]);
    expect(found.novelty.map(({ name, n, detected }) => [name, n, detected])).toEqual([
      ["seen", 2, 2],
      ["novel", 1, 0],
    ]);
  });

  it("name what they could not be made of", () => {
    expect(found.absent).toEqual({
      dataset: "the rows have no dataset",
      site: "the rows have no site",
      day: "the rows have no day",
      responder: "the rows have no resp_addr",
      service: "the rows have no service",
    });
    const bare = breakdownsOf(part, {
      ...around,
      flows: flows.select(["host"]),
      trainingAttacks: null,
    });
    expect([bare.time, bare.attacks]).toEqual([null, null]);
    expect(bare.absent).toMatchObject({
      time: "the rows have no start_us",
      attacks: "the rows have no label_original",
    });
    const unknown = breakdownsOf(part, { ...around, trainingAttacks: null }).attacks;
    expect([unknown?.untested, unknown?.groups[0].seen]).toEqual([null, null]);
  });

  it("pool the groups beyond the largest and say how many", () => {
    const n = MOST_GROUPS + 5;
    const hosts = Array.from({ length: n + 1 }, (_, i) => `h${String(Math.min(i, n - 1)).padStart(2, "0")}`);
    const many = breakdownsOf(
      {
        isAttack: new Uint8Array(n + 1).fill(1),
        scores: Float64Array.from(hosts, (_, i) => i / n),
        threshold: 0.5,
        family: text(hosts),
        trainingFamilies: [],
      },
      {
        ...around,
        flows: Table.of({ host: text(hosts), label_original: text(hosts) }),
        missing: { group: text(hosts.map(() => "all columns")), without: [[]] },
      },
    );
    for (const groups of [many.by.host, many.attacks]) {
      expect(groups?.groups).toHaveLength(MOST_GROUPS);
      expect(groups?.groups[0]).toMatchObject({ name: `h${n - 1}`, n: 2 });
      expect(groups?.others).toMatchObject({ pooled: 5, n: 5 });
    }
  });

  it("hold together: groups and the rest are the whole", () => {
    const { host } = found.by;
    expect(host?.groups.reduce((sum, group) => sum + group.tp, 0)).toBe(found.whole.tp);
    expect(found.time?.cumulative.at(-1)).toMatchObject(found.whole);
  });
});

describe("attacks of training", () => {
  it("are the original names of its attack rows", () => {
    expect(attackNames(flows, isAttack, Int32Array.of(0, 2, 1))).toEqual(["Flood", "Sweep"]);
    expect(attackNames(flows.select(["host"]), isAttack, all)).toBeNull();
  });

  it("are, of folds, those that some fold trains on and is tested on", () => {
    const folds = [
      { train: Int32Array.of(0, 1), test: Int32Array.of(2, 3, 4, 5) },
      { train: Int32Array.of(2, 3, 4, 5), test: Int32Array.of(0, 1) },
    ];
    expect(attacksOfFolds(flows, isAttack, folds)).toEqual(["Flood"]);
  });
});
