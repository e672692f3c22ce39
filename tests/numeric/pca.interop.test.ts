import { expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { fittedView } from "#lib/features/fittedView.js";
import type { FeatureColumn } from "#lib/features/schema.js";
import { applyView, type FittedView } from "#lib/features/view.js";
import type { ViewStep } from "#lib/features/views.js";
import type { PrincipalComponents } from "#lib/numeric/pca.js";
import { type Column, float32, Table } from "#lib/table/table.js";
import { describeBesidePython, runPython } from "../python.js";

const [n, d, components, batch] = [503, 9, 4, 50];
const rng = Rng.root(11);
const hidden = Array.from({ length: n }, () => Array.from({ length: 5 }, () => rng.uniform() ** 3));
const weights = Array.from({ length: d }, () =>
  Array.from({ length: 5 }, (_, h) => (rng.uniform() - 0.5) * 3 ** h),
);
const rows = hidden.map((own) =>
  weights.map((w, j) => Math.fround(w.reduce((sum, x, h) => sum + x * own[h], j) + 0.05 * rng.uniform())),
);
const names = weights.map((_, j) => `x${j}`);
const table = Table.of(
  new Map(names.map((name, j): [string, Column] => [name, float32(rows.map((row) => row[j]))])),
);
const columns = names.map(
  (name): FeatureColumn => ({ name, type: "float32", unit: null, profile: "realistic", origin: "raw" }),
);
const fit = (step: ViewStep): Promise<FittedView> =>
  fittedView(table, columns, "v", [step], Int32Array.from(rows.keys()));

type Expected = PrincipalComponents & { readonly transformed: readonly (readonly number[])[] };

describeBesidePython("principal components beside scikit-learn", () => {
  it("are the same to 1e-6, whitened, by share and in batches", { timeout: 60_000 }, async () => {
    const share = 0.97;
    const python = runPython<
      Record<"pca" | "white" | "incremental" | "incremental_default", Expected> & { share: number }
    >("tests/numeric/sklearnPca.py", { rows, components, batch, share });
    const steps: [Expected, ViewStep][] = [
      [python.pca, { pca: { components, whiten: false } }],
      [python.white, { pca: { components, whiten: true } }],
      [python.incremental, { "incremental-pca": { components, whiten: false, batch } }],
      [python.incremental_default, { "incremental-pca": { components, whiten: false } }],
    ];
    for (const [expected, step] of steps) {
      const view = await fit(step);
      const state = view.steps[0].state as PrincipalComponents;
      for (const key of ["mean", "explained_variance", "explained_variance_ratio"] as const)
        state[key].forEach((x, i) => {
          expect(Math.abs(x - expected[key][i])).toBeLessThan(1e-6);
        });
      state.components.forEach((own, c) => {
        for (const [j, x] of own.entries())
          expect(Math.abs(x - expected.components[c][j])).toBeLessThan(1e-6);
      });
      // Scores leave the view as float32.
      const X = { rows: n, columns: d, data: Float32Array.from(rows.flat()) };
      applyView(view, X).data.forEach((x, i) => {
        const wanted = expected.transformed[Math.floor(i / components)][i % components];
        expect(Math.abs(x - wanted)).toBeLessThan(1e-5 * Math.max(1, Math.abs(wanted)));
      });
    }
    const byShare = await fit({ pca: { components: share, whiten: false } });
    expect((byShare.steps[0].state as PrincipalComponents).components).toHaveLength(python.share);
  });
});
