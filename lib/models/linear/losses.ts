import type { LinearProblem, Loss, Vectors } from "./problem.js";

/** −log P(class) of two classes, one linear predictor: the logit of class 1. The state is its share. */
export const binary: Loss = {
  value({ y, weights }, [eta]) {
    let sum = 0;
    for (let i = 0; i < eta.length; i++) {
      const z = y[i] === 1 ? -eta[i] : eta[i];
      sum += weights[i] * (Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))));
    }
    return sum;
  },
  state(_, [eta], [out]) {
    for (let i = 0; i < eta.length; i++) out[i] = 1 / (1 + Math.exp(-eta[i]));
  },
  slopes({ y, weights }, [shares], [out]) {
    for (let i = 0; i < out.length; i++) out[i] = weights[i] * (shares[i] - y[i]);
  },
  curvature({ weights }, [shares], _, out) {
    for (let i = 0; i < out.length; i++) out[i] = weights[i] * shares[i] * (1 - shares[i]);
  },
  curve({ weights }, [shares], [u]) {
    for (let i = 0; i < u.length; i++) u[i] *= weights[i] * shares[i] * (1 - shares[i]);
  },
};

/** −log P(class) with a linear predictor a class, softmax over them. The state is the share of each class. */
export const multinomial: Loss = {
  value({ y, weights }, eta) {
    let sum = 0;
    for (let i = 0; i < y.length; i++) sum += weights[i] * (logSumExp(eta, i) - eta[y[i]][i]);
    return sum;
  },
  state(_, eta, out) {
    for (let i = 0; i < eta[0].length; i++) {
      const log = logSumExp(eta, i);
      for (let c = 0; c < eta.length; c++) out[c][i] = Math.exp(eta[c][i] - log);
    }
  },
  slopes({ y, weights }, shares, out) {
    out.forEach((o, c) => {
      for (let i = 0; i < o.length; i++) o[i] = weights[i] * (shares[c][i] - (y[i] === c ? 1 : 0));
    });
  },
  curvature({ weights }, shares, [a, b], out) {
    const [pa, pb] = [shares[a], shares[b]];
    const same = a === b ? 1 : 0;
    for (let i = 0; i < out.length; i++) out[i] = weights[i] * pa[i] * (same - pb[i]);
  },
  curve({ weights }, shares, u) {
    for (let i = 0; i < weights.length; i++) {
      let mean = 0;
      for (let c = 0; c < u.length; c++) mean += shares[c][i] * u[c][i];
      for (let c = 0; c < u.length; c++) u[c][i] = weights[i] * shares[c][i] * (u[c][i] - mean);
    }
  },
};

/** The square of what a row lacks to a margin of 1, of two classes. The state is what it lacks. */
export const squaredHinge: Loss = {
  value(problem, [eta]) {
    let sum = 0;
    for (let i = 0; i < eta.length; i++) sum += problem.weights[i] * lacking(problem, i, eta[i]) ** 2;
    return sum;
  },
  state(problem, [eta], [out]) {
    for (let i = 0; i < eta.length; i++) out[i] = lacking(problem, i, eta[i]);
  },
  slopes({ y, weights }, [lack], [out]) {
    for (let i = 0; i < out.length; i++) out[i] = (y[i] === 1 ? -2 : 2) * weights[i] * lack[i];
  },
  curvature({ weights }, [lack], _, out) {
    for (let i = 0; i < out.length; i++) out[i] = lack[i] > 0 ? 2 * weights[i] : 0;
  },
  curve({ weights }, [lack], [u]) {
    for (let i = 0; i < u.length; i++) u[i] *= lack[i] > 0 ? 2 * weights[i] : 0;
  },
};

function lacking({ y }: LinearProblem, i: number, eta: number): number {
  return Math.max(0, 1 - (y[i] === 1 ? eta : -eta));
}

function logSumExp(eta: Vectors, i: number): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let c = 0; c < eta.length; c++) if (eta[c][i] > most) most = eta[c][i];
  let sum = 0;
  for (let c = 0; c < eta.length; c++) sum += Math.exp(eta[c][i] - most);
  return most + Math.log(sum);
}
