import { beforeAll, expect, it } from "vitest";
import { Rng } from "#lib/base/rng.js";
import { evaluatePart, type PartInput } from "#lib/eval/evaluate.js";
import type { AverageName, MetricName } from "#lib/eval/result.js";
import { text } from "#lib/table/table.js";
import { describeBesidePython, runPython } from "../python.js";
import { temporaryFolder } from "../temporary.js";

const rng = Rng.root(42).fork("sklearn");
const many = <T>(n: number, of: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => of(i));

interface Binary {
  readonly truth: readonly number[];
  readonly scores: readonly number[];
  readonly threshold: number;
}

const drawn = (n: number, levels: number, attackShare: number): Binary => {
  const truth = many(n, () => Number(rng.uniform() < attackShare));
  const scores = truth.map(
    (attack) => rng.integer(levels) / levels / 2 + (attack * rng.integer(levels)) / levels / 2,
  );
  return { truth, scores, threshold: 0.4 };
};

const binaryCases: Readonly<Record<string, Binary>> = {
  "distinct scores": { truth: [1, 1, 0, 1, 0, 0], scores: [0.9, 0.8, 0.6, 0.4, 0.2, 0.1], threshold: 0.5 },
  ties: { truth: [1, 0, 1, 1, 0, 0, 1, 0], scores: [0.9, 0.8, 0.8, 0.7, 0.7, 0.4, 0.4, 0.4], threshold: 0.7 },
  "constant scores": { truth: [1, 0, 0, 1, 0], scores: [0.3, 0.3, 0.3, 0.3, 0.3], threshold: 0.5 },
  "no attack": { truth: [0, 0, 0], scores: [0.1, 0.7, 0.2], threshold: 0.5 },
  "no benign row": { truth: [1, 1, 1], scores: [0.1, 0.7, 0.2], threshold: 0.5 },
  "nothing flagged": { truth: [1, 0, 1], scores: [0.1, 0.2, 0.3], threshold: 0.9 },
  "all flagged": { truth: [1, 0, 1], scores: [0.1, 0.2, 0.3], threshold: 0.05 },
  "one attack row": { truth: [1], scores: [0.8], threshold: 0.5 },
  "one benign row": { truth: [0], scores: [0.8], threshold: 0.5 },
  "sure and wrong": { truth: [1, 0, 1, 0], scores: [0, 1, 1, 0], threshold: 0.5 },
  "perfect and reversed": { truth: [0, 0, 1, 1], scores: [0.9, 0.8, 0.2, 0.1], threshold: 0.5 },
  "anomaly scores": { truth: [1, 0, 1, 0, 0], scores: [12.5, -3, 4, 4, 1e-9], threshold: 4 },
  "few levels": drawn(200, 5, 0.3),
  "many levels": drawn(500, 1000, 0.1),
  "rare attacks": drawn(400, 50, 0.01),
};

interface ManyClasses {
  readonly classes: readonly string[];
  readonly truth: readonly number[];
  readonly predicted: readonly number[];
  /** n × k, row by row. */
  readonly probabilities: readonly number[];
}

const drawnClasses = (n: number, known: readonly number[], k: number): ManyClasses => {
  const truth = many(n, () => known[rng.integer(known.length)]);
  const rows = truth.map((c) => {
    const weights = many(k, (j) => rng.uniform() ** 3 + (j === c ? 0.4 * rng.uniform() : 0));
    const sum = weights.reduce((a, b) => a + b, 0);
    return weights.map((w) => Math.fround(w / sum));
  });
  return {
    classes: many(k, (c) => (c === 0 ? "benign" : `attack-${c}`)),
    truth,
    predicted: rows.map((row) => row.indexOf(Math.max(...row))),
    probabilities: rows.flat(),
  };
};

const classCases: Readonly<Record<string, ManyClasses>> = {
  "three classes": drawnClasses(60, [0, 1, 2], 3),
  "a class without rows": drawnClasses(80, [0, 2, 3], 4),
  "rows of one class": drawnClasses(20, [1], 3),
  "a class that is never predicted": (() => {
    const drawnCase = drawnClasses(50, [0, 1, 2, 3], 4);
    return { ...drawnCase, predicted: drawnCase.predicted.map((c) => (c === 3 ? 0 : c)) };
  })(),
  "one row": drawnClasses(1, [2], 3),
  "nine classes": drawnClasses(600, [0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8], 9),
};

function binaryInput({ truth, scores, threshold }: Binary): PartInput {
  const isAttack = Uint8Array.from(truth);
  return {
    isAttack,
    scores: Float64Array.from(scores),
    isProbability: scores.every((score) => score >= 0 && score <= 1),
    threshold,
    family: text(truth.map((attack) => (attack === 1 ? "dos" : "benign"))),
    trainingFamilies: ["dos"],
    classes: null,
    subset: null,
    bootstrap: { resamples: 0, rng: Rng.root(42) },
  };
}

function classInput({ classes: names, truth, predicted, probabilities }: ManyClasses): PartInput {
  const k = names.length;
  const isAttack = truth.map((c) => Number(c > 0));
  return {
    ...binaryInput({
      truth: isAttack,
      scores: truth.map((_, i) => 1 - probabilities[i * k]),
      threshold: 0.5,
    }),
    family: text(truth.map((c) => names[c])),
    classes: {
      names,
      truth,
      predicted,
      probabilities: (c) => Float64Array.from(truth, (_, i) => probabilities[i * k + c]),
    },
  };
}

type Theirs = {
  readonly values: Readonly<Record<MetricName, number | null>>;
  readonly roc?: readonly [number[], number[]];
  readonly pr?: readonly [number[], number[]];
};
type TheirClasses = {
  readonly per_class: Readonly<Record<AverageName, (number | null)[]>>;
  readonly averages: Readonly<Record<"macro" | "weighted" | "micro", Record<AverageName, number | null>>>;
};

function expectSame(ours: number | null, theirs: number | null, name: string): void {
  if (theirs === null || ours === null) expect(ours, name).toBe(theirs);
  else expect(Math.abs(ours - theirs), `${name}: ${ours}, scikit-learn ${theirs}`).toBeLessThanOrEqual(1e-12);
}

/** The height of a line through points of rising x, at its right end where it is upright. */
function heightAt(x: readonly number[], y: readonly number[], at: number): number {
  let i = x.length - 1;
  while (i > 0 && x[i - 1] > at) i--;
  if (i === 0 || x[i] <= at) return y[i];
  return y[i - 1] + ((y[i] - y[i - 1]) * (at - x[i - 1])) / (x[i] - x[i - 1]);
}

describeBesidePython("metrics beside scikit-learn", () => {
  const folder = temporaryFolder();
  const large = { truth: new Float64Array(1e6), scores: new Float64Array(1e6), threshold: 0.5 };
  let theirs: Theirs[];
  let theirClasses: TheirClasses[];

  beforeAll(() => {
    for (let i = 0; i < 1e6; i++) {
      large.truth[i] = Number(rng.uniform() < 0.05);
      // Half of the scores are tied with others.
      const score = 0.6 * rng.uniform() + 0.4 * large.truth[i] * rng.uniform();
      large.scores[i] = i % 2 === 0 ? score : Math.round(score * 1e4) / 1e4;
    }
    const file = (name: string, values: Float64Array): string =>
      folder.write(name, new Uint8Array(values.buffer));
    const onDisk = {
      truth: file("truth.f64", large.truth),
      scores: file("scores.f64", large.scores),
      threshold: large.threshold,
    };
    const cases = [...Object.values(binaryCases), onDisk, ...Object.values(classCases)];
    const answers = runPython<(Theirs | TheirClasses)[]>("tests/eval/sklearnMetrics.py", cases);
    const binaries = Object.keys(binaryCases).length + 1;
    theirs = answers.slice(0, binaries) as Theirs[];
    theirClasses = answers.slice(binaries) as TheirClasses[];
  });

  it.each(Object.keys(binaryCases))("agree on %s", (name) => {
    const { metrics, details } = evaluatePart(binaryInput(binaryCases[name]));
    const expected = theirs[Object.keys(binaryCases).indexOf(name)];
    for (const [metric, value] of Object.entries(expected.values))
      expectSame(metrics[metric as MetricName], value, metric);
    if (expected.roc === undefined || expected.pr === undefined) return;
    const [fpr, tpr] = expected.roc;
    fpr.forEach((x, i) => {
      // The last of several points at one x: the others lie on the upright line below it.
      if (fpr[i + 1] !== x) expect(heightAt(details.roc.fpr, details.roc.tpr, x)).toBeCloseTo(tpr[i], 12);
    });
    const [recall, precision] = expected.pr;
    const place = (r: number, p: number): string => `${r.toFixed(9)} ${p.toFixed(9)}`;
    const known = new Set(recall.map((r, i) => place(r, precision[i])));
    // Ours begins with the first precision where theirs has a point of precision 1.
    const { pr } = details;
    expect(pr.recall.slice(1).filter((r, i) => !known.has(place(r, pr.precision[i + 1])))).toEqual([]);
  });

  it("agree on a million rows", () => {
    const { metrics } = evaluatePart(
      binaryInput({ ...large, truth: Array.from(large.truth), scores: Array.from(large.scores) }),
    );
    for (const [metric, value] of Object.entries(theirs[theirs.length - 1].values))
      expectSame(metrics[metric as MetricName], value, metric);
  });

  it.each(Object.keys(classCases))("agree on the classes and averages of %s", (name) => {
    const { details } = evaluatePart(classInput(classCases[name]));
    const expected = theirClasses[Object.keys(classCases).indexOf(name)];
    for (const [metric, values] of Object.entries(expected.per_class)) {
      details.per_class.forEach((row, c) => {
        expectSame(row[metric as AverageName], values[c], `${row.class} ${metric}`);
      });
    }
    for (const kind of ["macro", "weighted", "micro"] as const) {
      for (const [metric, value] of Object.entries(expected.averages[kind]))
        expectSame(details.averages![kind][metric as AverageName].value, value, `${kind} ${metric}`);
    }
  });
});
