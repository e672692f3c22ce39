import { describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { crossDomains } from "#lib/explain/cross/cross.js";
import { leakTests } from "#lib/explain/leaks/leaks.js";
import type { TrialModel } from "#lib/explain/trial.js";
import type { FeatureColumn } from "#lib/features/schema.js";
import { modelParams } from "#lib/models/registry.js";
import { float32, int64, Table, text } from "#lib/table/table.js";

const ROWS = 800;
const HOSTS = 10;
const rng = Rng.root(3);
const large = Array.from({ length: ROWS }, () => rng.uniform() < 0.4);
/** An attack when the host's flow before was large: nothing in the flow itself says so. */
const label = text(large.map((_, i) => (i >= HOSTS && large[i - HOSTS] ? "dos" : "benign")));
const row_id = int64(large.map((_, i) => i));
const flows = Table.of({
  row_id,
  dataset: text(large.map(() => "made")),
  ...{ label, family: label },
  site: text(large.map((_, i) => (i % HOSTS < HOSTS / 2 ? "a" : "b"))),
  orig_addr: text(large.map((_, i) => `10.0.0.${i % HOSTS}`)),
  start_us: int64(large.map((_, i) => 1000 * i)),
});
const bytes = float32(Float32Array.from(large, (is) => (is ? 600 : 100) + 50 * rng.uniform()));
const features = Table.of({ row_id, bytes });
const column: FeatureColumn = {
  name: "bytes",
  type: "float32",
  unit: "bytes",
  profile: "realistic",
  origin: "raw",
};

const model = (name: string, window?: object): TrialModel => ({
  name,
  entry: modelParams.parse({
    type: "gradient-boosting",
    trees: 20,
    ...(window === undefined ? {} : { window }),
  }),
  steps: [],
  decision: { rule: "half" },
  threads: 1,
  path: (relative) => relative,
});
const input = {
  ...{ flows, features, schema: { columns: [column], schema_hash: "" }, rng: Rng.root(5) },
  content: { groups: Int32Array.from({ length: ROWS }, (_, row) => row), columns: ["bytes"] },
  log: () => undefined,
};

describe("a model of windows where none is saved", () => {
  it("tells in another site what only the flow before tells", async () => {
    const models = [model("single"), model("windows", { length: 2 })];
    const { matrices } = await crossDomains({
      ...input,
      matrices: [
        { name: "site", by: ["site"], models: ["single", "windows"], rows: null, few_shot: [0, 0.2] },
      ],
      models: new Map(models.map((each) => [each.name, each])),
    });
    const [single, windows] = matrices[0].models.map(({ cells }) =>
      cells.map(({ roc_auc }) => roc_auc.point!),
    );
    expect(Math.max(...single)).toBeLessThan(0.7);
    expect(Math.min(...windows)).toBeGreaterThan(0.95);
    expect(matrices[0].models[1].few_shot[0].points[1].roc_auc.point).toBeGreaterThan(0.95);
  });

  it("is at chance with shuffled labels, also with the label of most rows", async () => {
    const parts = Table.of({
      row_id,
      part: text(large.map((_, i) => ["train", "train", "validation", "test"][Math.floor(i / 20) % 4])),
    });
    const { tests } = await leakTests({
      ...input,
      ...{ parts, split: "time", rows: null, strongest: ["bytes"] },
      model: model("windows", { length: 2, label: "majority" }),
    });
    const named = (test: string) => tests.find((each) => each.test === test)!;
    expect(named("as-is").roc_auc.point).toBeGreaterThan(0.95);
    expect(named("shuffled-labels").verdict).toBe("ok");
    expect(named("identifiers").columns).toBe(3);
  });
});
