import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { type ResampleParams, resampleParams } from "#lib/features/resample/params.js";
import { type ResampleInput, resample } from "#lib/features/resample/resample.js";

/** 12 benign rows, then 6 of scan, 3 of dos, 1 of worm; a number and a category. */
const families = ["benign", "dos", "scan", "worm"];
const family = Int32Array.from([...Array(12).fill(0), ...Array(6).fill(2), ...Array(3).fill(1), 3]);
const rng = Rng.root(9);
const input: ResampleInput = {
  X: {
    rows: 22,
    columns: 2,
    data: Float32Array.from({ length: 44 }, (_, at) =>
      at % 2 === 0 ? 1000 * rng.uniform() : rng.integer(3),
    ),
  },
  features: [
    { name: "orig_bytes", kind: "number" },
    { name: "proto", kind: "category", levels: ["icmp", "tcp", "udp"] },
  ],
  class: { codes: family.map((code) => (code === 0 ? 0 : 1)), names: ["benign", "attack"] },
  family: { codes: family, names: families },
};

function run(params: object, seed = 1) {
  const lines: string[] = [];
  const made = resample(resampleParams.parse(params) as ResampleParams, input, Rng.root(seed), (line) => {
    lines.push(line);
  });
  const byFamily = families.map((_, f) => [...made.from].filter((row) => family[row] === f).length);
  return { ...made, lines, byFamily };
}

describe("resample", () => {
  it("fills up to the largest class with SMOTE, and counts by class", () => {
    const made = run({ smote: { target: { attack: 30 } } });
    expect(made.X.rows).toBe(42);
    expect(made.counts).toEqual({ removed: {}, copies: {}, synthetic: { attack: 20 }, reduced_k: {} });
    expect(made.X.data.slice(0, 44)).toEqual(input.X.data);
    expect(run({ smote: {} }).counts.synthetic).toEqual({ attack: 2 });
  });

  it("goes by family where told so, reduces k, and says what cannot grow", () => {
    const made = run({ smote: { by: "family" } });
    expect(made.byFamily).toEqual([12, 12, 12, 1]);
    expect(made.counts.synthetic).toEqual({ attack: 15 });
    expect(made.counts.reduced_k).toEqual({ dos: 2 });
    expect(made.lines).toEqual([
      'resample: "dos" has 3 training rows: k is 2 there, not 5.',
      'resample: "worm" has one training row, so SMOTE adds none to it.',
    ]);
    // Every synthetic row lies within its own family.
    for (let i = 22; i < made.X.rows; i++) {
      const own = [...family.keys()].filter((row) => family[row] === family[made.from[i]]);
      const values = own.map((row) => input.X.data[2 * row]);
      expect(made.X.data[2 * i]).toBeGreaterThanOrEqual(Math.min(...values));
      expect(made.X.data[2 * i]).toBeLessThanOrEqual(Math.max(...values));
      expect(own.map((row) => input.X.data[2 * row + 1])).toContain(made.X.data[2 * i + 1]);
    }
  });

  it("takes counts and shares of the largest", () => {
    expect(run({ smote: { by: "family", target: { dos: 8, scan: 0.75 } } }).byFamily).toEqual([12, 8, 9, 1]);
    expect(run({ oversample: { by: "family", target: { worm: 0.5 } } }).byFamily).toEqual([12, 3, 6, 6]);
    expect(run({ undersample: { target: { benign: 0.25 } } }).byFamily).toEqual([3, 3, 6, 1]);
  });

  it("repeats rows, and leaves rows out, in the order that they had", () => {
    const more = run({ oversample: {} });
    expect(more.counts).toMatchObject({ copies: { attack: 2 }, removed: {}, synthetic: {} });
    expect([...more.from.slice(0, 22)]).toEqual([...Array(22).keys()]);
    const fewer = run({ undersample: {} });
    expect(fewer.counts.removed).toEqual({ benign: 2 });
    expect([...fewer.from]).toEqual([...fewer.from].sort((a, b) => a - b));
    expect(new Set(fewer.from).size).toBe(20);
    fewer.from.forEach((row, i) => {
      expect(fewer.X.data.slice(2 * i, 2 * i + 2)).toEqual(input.X.data.slice(2 * row, 2 * row + 2));
    });
  });

  it("leaves rows out first, and makes rows of those that stay", () => {
    const made = run({ undersample: { target: { benign: 11 } }, smote: { target: { attack: 1 } } });
    expect(made.counts).toMatchObject({ removed: { benign: 1 }, synthetic: { attack: 1 } });
    expect(made.X.rows).toBe(22);
  });

  it("is decided by its seed, and leaves its input as it was", () => {
    const before = input.X.data.slice();
    const one = run({ smote: { by: "family" } });
    expect(run({ smote: { by: "family" } }).X.data).toEqual(one.X.data);
    expect(run({ smote: { by: "family" } }, 2).X.data).not.toEqual(one.X.data);
    expect(input.X.data).toEqual(before);
  });

  it.each<[string, object, string]>([
    [
      "a name that training does not have",
      { smote: { target: { dos: 9 } } },
      'resample: smote.target names "dos", and no training row is of it (has: benign, attack).',
    ],
    [
      "fewer rows by SMOTE",
      { smote: { target: { benign: 5 } } },
      "resample: smote.target.benign asks for 5 rows, and the training part has 12: smote only adds rows. " +
        "Use undersample, or ask for more.",
    ],
    [
      "more rows by undersampling",
      { undersample: { target: { attack: 11 } } },
      "resample: undersample.target.attack asks for 11 rows, and the training part has 10: undersample only leaves rows out. " +
        "Use smote or oversample, or ask for fewer.",
    ],
    [
      "a count that is not whole",
      { smote: { target: { attack: 20.5 } } },
      "resample: smote.target.attack is 20.5; a whole number of rows, or a share up to 1, was expected.",
    ],
    [
      "synthetic rows of a single one",
      { smote: { by: "family", target: { worm: 3 } } },
      'resample: smote.target asks for 3 rows of "worm", which has one training row: there is no neighbour to lean to.',
    ],
  ])("refuses %s", (_, params, message) => {
    expect(() => run(params)).toThrow(message);
  });
});
