import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { crossDomains } from "#lib/explain/cross/cross.js";
import { madeColumns, madeFlows, smallForest } from "../made.js";

const { flows, features } = madeFlows();
const run = (threads = 1) =>
  crossDomains({
    flows,
    features,
    schema: { columns: madeColumns, schema_hash: "" },
    content: { groups: Int32Array.from({ length: flows.rows }, (_, row) => row), columns: [] },
    matrices: [{ name: "site", by: ["site"], models: ["forest"], rows: null, few_shot: [0, 0.2] }],
    models: new Map([["forest", { ...smallForest, threads }]]),
    rng: Rng.root(3),
    log: () => undefined,
  });

describe("crossDomains", () => {
  const result = run();

  it("trains in every domain and tests in every domain, on the columns that all have", async () => {
    const [matrix] = (await result).matrices;
    const [model] = matrix.models;
    expect(model.left_out_columns).toEqual(["only_a"]);
    expect(model.columns).toBe(3);
    expect(model.cells.map(({ train, test }) => `${train}${test}`)).toEqual(["aa", "ab", "ba", "bb"]);
    const [aa, ab] = model.cells;
    expect(aa.drop).toBeNull();
    expect(ab.drop?.roc_auc).toBeCloseTo((aa.roc_auc.point ?? 0) - (ab.roc_auc.point ?? 0), 12);
    expect(aa.roc_auc.point).toBeGreaterThan(0.7);
    expect(aa.macro_f1.lo).toBeLessThan(aa.macro_f1.point ?? 0);
    // The same test rows judge every model.
    expect(ab.rows).toBe(matrix.domains[1].test);
    expect(ab.attacks).toBe(model.cells[3].attacks);
  });

  it("starts the few-shot curve at the matrix and keeps its test rows", async () => {
    const [model] = (await result).matrices[0].models;
    const [curve] = model.few_shot;
    expect([curve.train, curve.test]).toEqual(["a", "b"]);
    expect(curve.points[0].macro_f1).toEqual(model.cells[1].macro_f1);
    expect(curve.points.map(({ added }) => added)).toEqual([0, 40]);
    expect(curve.points[1].macro_f1.n).toBe(curve.points[0].macro_f1.n);
  });

  it("says what moved: the column, the protocol that one site has alone", async () => {
    const { shifts } = (await result).matrices[0];
    expect(shifts[0].largest_psi[0].column).toBe("moved");
    expect(shifts[0].largest_ks[0]).toEqual({ column: "moved", ks: 1 });
    expect(shifts[0].unknown_categories).toBeGreaterThan(0.3);
    expect(shifts[1].unknown_categories).toBe(0);
    expect(shifts[0].class_shift?.distance).toBeLessThan(0.2);
  });

  it("tells the two sites apart by the column that moved", async () => {
    const [{ roc_auc, columns }] = (await result).matrices[0].classifiers;
    expect(roc_auc.point).toBeGreaterThan(0.99);
    expect(columns[0].column).toBe("moved");
  });

  it("gives the same bytes again, whatever the number of workers", async () => {
    expect(JSON.stringify(await run(2))).toBe(JSON.stringify(await result));
  });
});
