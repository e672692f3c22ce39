import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { attackFlags } from "#lib/dataset/target.js";
import { domainsOf } from "#lib/explain/cross/domains.js";
import { fewShotRows } from "#lib/explain/cross/fewShot.js";
import { sharedRows } from "#lib/explain/cross/shift.js";
import { madeFlows } from "../made.js";

const { flows } = madeFlows();
const isAttack = attackFlags(flows);
const rest = { models: ["forest"], rows: null, few_shot: [] };
const distinct = Int32Array.from({ length: flows.rows }, (_, row) => row);
const divided = (params: Partial<Parameters<typeof domainsOf>[3]>, content = distinct) =>
  domainsOf(flows, isAttack, content, { ...rest, ...params }, Rng.root(1));

describe("domainsOf", () => {
  it("divides the rows of each site into disjoint parts that are all of it", () => {
    const { domains, unplaced } = divided({ by: ["site"] });
    expect(domains.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(unplaced).toBe(0);
    for (const { rows, train, validation, test } of domains) {
      expect([...train, ...validation, ...test].sort((a, b) => a - b)).toEqual([...rows]);
      expect(test.length / rows.length).toBeCloseTo(0.3, 1);
    }
  });

  it("keeps rows of equal content together", () => {
    const pairs = distinct.map((row) => (row >> 2) * 2 + (row % 2)); // two rows of one site each
    for (const { train, validation, test } of divided({ by: ["site"] }, pairs).domains) {
      expect(sharedRows(pairs, train, test)).toBe(0);
      expect(sharedRows(pairs, validation, test)).toBe(0);
    }
  });

  it("uses a row for the same in every domain that has it", () => {
    const { domains } = divided({ domains: { all: { dataset: "made" }, b: { site: "b" } } });
    const [all, b] = domains;
    expect(sharedRows(distinct, all.train, b.test)).toBe(0);
    expect(sharedRows(distinct, all.test, b.test)).toBe(b.test.length);
  });

  it("caps each domain, every family in its share", () => {
    const { domains } = divided({ by: ["site"], rows: 100 });
    expect(domains.map(({ rows }) => rows.length)).toEqual([100, 100]);
  });

  it("leaves out a domain that cannot be used, and refuses when one is left", () => {
    const within = { dataset: "made" };
    const domains = { a: { site: "a" }, b: { site: "b" }, "one host": { site: "a" } };
    expect(divided({ domains, within }).domains.length).toBe(3);
    const benign = Uint8Array.from(isAttack, (flag, row) => (row % 2 === 0 ? 0 : flag));
    expect(() => domainsOf(flows, benign, distinct, { ...rest, by: ["site"] }, Rng.root(1))).toThrow(
      /two domains or more were expected, 1 can be used \(left out: a: it has no attack \(200 rows\)\)/,
    );
    expect(() => divided({ by: ["day"] })).toThrow(/column "day" is not in/);
    expect(() => divided({ domains: { a: { site: "z" } } })).toThrow(
      /cross.domains.a \(column site\): "z" does not/,
    );
  });
});

describe("fewShotRows", () => {
  const [, target] = divided({ by: ["site"] }).domains;
  const drawn = fewShotRows(flows, target, [0, 0.01, 0.05, 0.2], Rng.root(2));

  it("draws the share of the target's rows, none of them a test row, the larger draws around the smaller", () => {
    expect(drawn.map((rows) => rows.length)).toEqual([0, 2, 10, 40]);
    for (const rows of drawn) expect(sharedRows(distinct, rows, target.test)).toBe(0);
    expect(sharedRows(distinct, drawn[3], drawn[2])).toBe(10);
  });

  it("has a row of every family where the number allows it", () => {
    const families = flows.strings("family");
    expect([...new Set([...drawn[2]].map((row) => families[row]))].sort()).toEqual(["benign", "dos", "scan"]);
  });
});
