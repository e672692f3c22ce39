import { expect, it } from "vitest";
import { definition as bernoulliNb } from "#lib/models/bayes/bernoulliNb.js";
import { definition as gaussianNb } from "#lib/models/bayes/gaussianNb.js";
import type { Classifier, FittedClassifier, ModelDefinition, Rows } from "#lib/models/contract.js";
import { fitContext } from "../../checks/estimator.js";

const rows: Rows = {
  X: { rows: 6, columns: 2, data: Float32Array.of(-1, 5, 1, 5, 0, 5, 3, 5, 5, 5, 4, 5) },
  features: ["x", "constant"].map((name) => ({ name, kind: "number" })),
  y: Int32Array.of(0, 0, 0, 2, 2, 2),
  classes: ["benign", "dos", "scan"],
};
const fitted = (definition: ModelDefinition, params: object = {}, train = rows): Promise<FittedClassifier> =>
  (definition.create(definition.params.parse(params)) as Classifier).fit(train, fitContext());

const probability = { score: "probability" };
const both: [string, ModelDefinition][] = [
  ["gaussian-nb", gaussianNb],
  ["bernoulli-nb", bernoulliNb],
];

it("gaussian-nb parts two classes half way between their means", async () => {
  const { data } = (await fitted(gaussianNb, probability)).predictProba({
    rows: 2,
    columns: 2,
    data: Float32Array.of(2, 5, 2.5, 5),
  });
  expect(data[0]).toBeCloseTo(0.5, 5);
  // Means 0 and 4, variance 2/3: the log-odds grow by 4 / (2/3) a unit.
  expect(data[5]).toBeCloseTo(1 / (1 + Math.exp(-3)), 5);
});

it("gaussian-nb takes columns of which none varies", async () => {
  const constant = { ...rows, X: { ...rows.X, data: new Float32Array(12).fill(3) } };
  const { data } = (await fitted(gaussianNb, probability, constant)).predictProba(constant.X);
  expect([...data.slice(0, 3)]).toEqual([0.5, 0, 0.5]);
});

it("bernoulli-nb counts what lies above the cut", async () => {
  const model = await fitted(bernoulliNb, { binarize: 2, ...probability });
  const { data } = model.predictProba({ rows: 1, columns: 2, data: Float32Array.of(9, 5) });
  // (0 + 1) / (3 + 2) against (3 + 1) / (3 + 2); the constant column says nothing.
  expect(data[2]).toBeCloseTo(0.8, 6);
});

it.each(both)("%s keeps rows apart whose probabilities are all 1", async (_, each) => {
  const many = { ...rows, features: [], X: { rows: 6, columns: 40, data: new Float32Array(240) } };
  many.X.data.forEach((_, at) => {
    many.X.data[at] = at >= 120 ? 10 + (at % 3) : at % 3;
  });
  const cut = each === bernoulliNb ? { binarize: 5 } : {};
  const data = Float32Array.from({ length: 120 }, (_, at) => [30, 20, -5][Math.floor(at / 40)]);
  data.fill(-1, 40, 44);
  const at = { rows: 3, columns: 40, data };
  const sure = await fitted(each, { ...probability, ...cut }, many);
  const kept = await fitted(each, cut, many);
  expect([sure.margin, kept.margin]).toEqual([undefined, true]);
  const [p, q] = [sure.predictProba(at).data, kept.predictProba(at).data];
  expect([p[2], p[5]]).toEqual([1, 1]);
  expect(q[2]).toBeGreaterThan(q[5]);
  expect(q[5]).toBeGreaterThan(0.8);
  expect(q[6]).toBeGreaterThan(0.8);
});

it.each(both)(
  "%s gives a class without training rows 0, and class weights change priors",
  async (_, each) => {
    const uneven = { ...rows, y: Int32Array.of(0, 0, 0, 0, 0, 2) };
    const at = { rows: 1, columns: 2, data: Float32Array.of(2, 5) };
    const [plain, balanced] = await Promise.all(
      ["none", "balanced"].map(async (class_weight) => {
        return (
          await fitted(each, { class_weight, ...(each === gaussianNb ? { var_smoothing: 1 } : {}) }, uneven)
        ).predictProba(at).data;
      }),
    );
    expect(Math.max(plain[1], balanced[1])).toBeLessThan(1e-20);
    expect(balanced[2]).toBeGreaterThan(plain[2]);
  },
);

it.each(both)("%s refuses one class", async (name, each) => {
  await expect(fitted(each, {}, { ...rows, y: new Int32Array(6) })).rejects.toThrow(
    new RegExp(`^${name}: two classes are needed.*only "benign" \\(6 rows\\)`),
  );
});
