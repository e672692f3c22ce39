import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { openExplainer } from "#lib/explain/shap/explainer.js";
import { sums } from "#lib/explain/shap/explanations.js";
import { assembleOnnx } from "#lib/models/assemble.js";
import type { Classifier, Detector, Rows } from "#lib/models/contract.js";
import { definitionOf } from "#lib/models/registry.js";
import { makeBackground } from "#lib/onnx/background.js";
import type { ModelColumn, ModelInfo } from "#lib/onnx/savedModel.js";
import { writeModel } from "../../modelFolder.js";
import { temporaryFolder } from "../../temporary.js";

const folder = temporaryFolder();
const columns: readonly ModelColumn[] = [
  { name: "bytes", type: "float32", unit: "bytes" },
  { name: "service", type: "category", unit: null, levels: ["dns", "http", "ssh"] },
  { name: "pause", type: "float32", unit: "us" },
];

/** Rows with missing values and categories, one of them unseen (-1); attacks have many bytes, or ssh. */
function rowsOf(n: number, classes: readonly string[]): Rows {
  const rng = Rng.root(5);
  const data = new Float32Array(n * 3);
  const y = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const bytes = rng.integer(9) === 0 ? Number.NaN : rng.uniform() * 100;
    const service = rng.integer(8) === 0 ? Number.NaN : rng.integer(3);
    data.set([bytes, service, rng.uniform()], i * 3);
    y[i] = bytes > 60 ? 1 : service === 2 ? classes.length - 1 : 0;
  }
  const features = columns.map(({ name, type, levels = [] }) =>
    type === "category" ? ({ name, kind: "category", levels } as const) : ({ name, kind: "number" } as const),
  );
  return { X: { rows: n, columns: 3, data }, features, y, classes };
}

/** Train a model of a type and write its folder; returns it with rows to explain. */
async function trained(type: string, classes: readonly string[] = ["benign", "attack"], params = {}) {
  const train = rowsOf(300, classes);
  const definition = definitionOf(type);
  const estimator = definition.create(definition.params.parse(params) as never) as Classifier | Detector;
  const context = { rng: Rng.root(1), workers: 1, log: () => undefined };
  const benign = Array.from(train.y.keys()).filter((row) => train.y[row] === 0);
  const part: Rows =
    estimator.kind === "classifier"
      ? train
      : {
          ...train,
          X: {
            ...train.X,
            rows: benign.length,
            data: Float32Array.from(
              benign.flatMap((row) => [...train.X.data.subarray(row * 3, row * 3 + 3)]),
            ),
          },
          y: new Int32Array(benign.length),
        };
  const fitted = await estimator.fit(part, context);
  const view = { name: "raw", columns: [], levels: {}, steps: [] };
  const path = join(folder.path, `${type}-${classes.length}`);
  const changes: Partial<ModelInfo> = {
    type,
    kind: fitted.kind,
    classes: fitted.kind === "classifier" ? classes : [],
    columns,
  };
  writeModel(path, assembleOnnx(fitted, view, 3, {}).bytes, changes);
  const background = makeBackground(part.X, columns, (row) => train.y[row] === 0, false, Rng.root(2));
  writeFileSync(join(path, "background.json"), JSON.stringify(background));
  const data = train.X.data.slice(0, 40 * 3);
  data[1] = -1;
  return { path, X: { rows: 40, columns: 3, data } };
}

const logit = (p: number): number => Math.log(p / (1 - p));

async function explained(
  { path, X }: Awaited<ReturnType<typeof trained>>,
  method: "auto" | "kernel" = "auto",
) {
  const explainer = await openExplainer(path, { threads: 1, method });
  try {
    return { ...(await explainer.explain(X)), score: await explainer.score(X) };
  } finally {
    await explainer.close();
  }
}

describe("an explainer", () => {
  let boosting: Awaited<ReturnType<typeof trained>>;
  beforeAll(async () => {
    boosting = await trained("gradient-boosting", undefined, { trees: 20, depth: 3, learning_rate: 0.3 });
  });

  it("adds up to the log-odds for boosting, by TreeSHAP", async () => {
    const found = await explained(boosting);
    expect([found.method, found.of]).toEqual(["TreeSHAP", "log-odds of an attack"]);
    sums(found).forEach((sum, row) => {
      expect(Math.abs(sum - logit(found.score[row]))).toBeLessThan(1e-5);
      expect(Math.abs(1 / (1 + Math.exp(-sum)) - found.score[row])).toBeLessThan(1e-6);
    });
  });

  it("adds up to P(attack) for forests, of two classes and of three", async () => {
    for (const classes of [
      ["benign", "attack"],
      ["benign", "dos", "probe"],
    ]) {
      for (const [type, params] of [
        ["random-forest", { trees: 12 }],
        ["extra-trees", { trees: 12 }],
        ["decision-tree", { ccp_alpha: 0.002 }],
      ] as const) {
        const found = await explained(await trained(type, classes, params));
        expect([found.method, found.of]).toEqual(["TreeSHAP", "P(attack)"]);
        sums(found).forEach((sum, row) => {
          expect(Math.abs(sum - found.score[row])).toBeLessThan(1e-6);
        });
      }
    }
  });

  it("explains the likeliest attack class against benign where boosting has more", async () => {
    const classes = ["benign", "dos", "probe"];
    const model = await trained("gradient-boosting", classes, { trees: 15, depth: 3, learning_rate: 0.3 });
    const found = await explained(model);
    const { SavedModel } = await import("#lib/onnx/savedModel.js");
    const saved = await SavedModel.open(model.path, 1);
    const { probabilities } = await saved.score(model.X);
    await saved.close();
    sums(found).forEach((sum, row) => {
      const [benign, dos, probe] = (probabilities?.data ?? []).slice(row * 3, row * 3 + 3);
      expect(sum).toBeCloseTo(Math.log(Math.max(dos, probe) / benign), 4);
    });
  });

  it("adds up to the logarithm of an isolation forest's score", async () => {
    const found = await explained(await trained("isolation-forest", undefined, { trees: 10 }));
    expect(found.of).toBe("log2 of the anomaly score");
    sums(found).forEach((sum, row) => {
      expect(Math.abs(2 ** sum - found.score[row])).toBeLessThan(1e-6);
    });
  });

  it("takes KernelSHAP when asked, which is exact with all coalitions of three columns", async () => {
    const found = await explained(boosting, "kernel");
    expect([found.method, found.of]).toEqual(["KernelSHAP", "P(attack)"]);
    sums(found).forEach((sum, row) => {
      expect(Math.abs(sum - found.score[row])).toBeLessThan(1e-9);
    });
    expect(Math.max(...(found.standardErrors ?? [1]))).toBe(0);
  });

  it("says that no column changes the score of class shares", async () => {
    const found = await explained(await trained("majority"));
    expect([found.method, ...new Set(found.values)]).toEqual(["constant", 0]);
  });

  it("takes the trees of two forests that vote for no model of their own", async () => {
    const forest = { type: "random-forest", trees: 5 };
    const { path, X } = await trained("voting", undefined, { models: [forest, { ...forest, trees: 9 }] });
    const explainer = await openExplainer(path, { threads: 1, coalitions: 64 });
    try {
      const found = await explainer.explain({ ...X, rows: 3, data: X.data.slice(0, 9) });
      expect(found.method).toBe("KernelSHAP");
      const scores = await explainer.score({ ...X, rows: 3, data: X.data.slice(0, 9) });
      sums(found).forEach((sum, row) => {
        expect(sum).toBeCloseTo(scores[row], 6);
      });
    } finally {
      await explainer.close();
    }
  });

  it("refuses trees of a model that has none, by name", async () => {
    const { path } = await trained("majority");
    await expect(openExplainer(path, { threads: 1, method: "tree" })).rejects.toThrow(
      "explain: model by-hand (majority) is not made of trees alone, which --method tree needs.",
    );
  });

  it("says what to do about a model without background.json", async () => {
    const { path } = await trained("majority", ["benign", "attack", "other"].slice(0, 2));
    const { rmSync } = await import("node:fs");
    rmSync(join(path, "background.json"));
    await expect(openExplainer(path, { threads: 1 })).rejects.toThrow("Train it again: nidslab repro.");
  });
});
