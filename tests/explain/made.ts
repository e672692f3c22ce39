import { Rng } from "#lib/base/rng.js";
import type { TrialModel } from "#lib/explain/trial.js";
import type { FeatureColumn } from "#lib/features/schema.js";
import { modelParams } from "#lib/models/registry.js";
import { type Column, float32, int64, Table, text } from "#lib/table/table.js";

const column = (name: string, type: FeatureColumn["type"] = "float32"): FeatureColumn => ({
  name,
  type,
  unit: type === "category" ? null : "bytes",
  profile: "realistic",
  origin: "raw",
});

/** The feature columns of `madeFlows`. */
export const madeColumns = [column("bytes"), column("moved"), column("only_a"), column("proto", "category")];

/**
 * Flows of two sites, a third of them attacks (scan, dos), known by their bytes. `moved` lies elsewhere at site b; site b
 * lacks `only_a` and has a protocol of its own.
 */
export function madeFlows(rows = 400): { readonly flows: Table; readonly features: Table } {
  const rng = Rng.root(11);
  const each = Array.from({ length: rows }, (_, i) => {
    const family = ["benign", "benign", "benign", "benign", "scan", "dos"][rng.integer(6)];
    const site = i % 2 === 0 ? "a" : "b";
    return { family, site, bytes: (family === "benign" ? 0 : 60) + 100 * rng.uniform(), x: rng.uniform() };
  });
  const ids = int64(each.map((_, i) => i));
  const numbers = (of: (row: (typeof each)[number]) => number): Column =>
    float32(Float32Array.from(each, (row) => of(row)));
  return {
    flows: Table.of({
      row_id: ids,
      dataset: text(each.map(() => "made")),
      label: text(each.map(({ family }) => family)),
      family: text(each.map(({ family }) => family)),
      site: text(each.map(({ site }) => site)),
      orig_addr: text(each.map(({ site, family }) => `10.0.0.${site}${family}`)),
      start_us: int64(each.map((_, i) => 1e15 + i * 1e6)),
    }),
    features: Table.of({
      row_id: ids,
      bytes: numbers(({ bytes }) => bytes),
      moved: numbers(({ site, x }) => (site === "a" ? x : x + 5)),
      only_a: numbers(({ site, x }) => (site === "a" ? x : Number.NaN)),
      proto: text(each.map(({ site, x }) => (site === "b" && x > 0.5 ? "sctp" : "tcp"))),
    }),
  };
}

/** A small forest. */
export const smallForest: TrialModel = {
  name: "forest",
  entry: modelParams.parse({ type: "random-forest", trees: 8 }),
  steps: [],
  decision: { rule: "max-f1" },
  threads: 1,
  path: (relative) => relative,
};
