import type { SparseRows } from "./sparse.js";

/** The penalised logistic loss: sum over rows of weight · −log P(class), plus l2/2 · |weights|² (intercepts are free). */
export interface LogisticProblem {
  readonly X: SparseRows;
  /** Class of each row, 0 … classes-1; every class occurs. */
  readonly y: Int32Array;
  readonly classes: number;
  /** Weight of each row. */
  readonly weights: Float64Array;
  readonly l2: number;
}

/** One vector per linear predictor. */
export type Vectors = readonly Float64Array[];

/** How linear predictors become class shares, for one predictor (two classes) or one a class. */
export interface Link {
  loss(problem: LogisticProblem, eta: Vectors): number;
  shares(eta: Vectors, out: Vectors): void;
  /** Derivative of the loss by each linear predictor. */
  residuals(problem: LogisticProblem, shares: Vectors, out: Vectors): void;
  /** Replace directions u of the linear predictors by the second derivative times u. */
  curve(problem: LogisticProblem, shares: Vectors, u: Vectors): void;
}

/** Two classes, one linear predictor: the logit of class 1. */
export const binary: Link = {
  loss({ y, weights }, [eta]) {
    let sum = 0;
    for (let i = 0; i < eta.length; i++) {
      const z = y[i] === 1 ? -eta[i] : eta[i];
      sum += weights[i] * (Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))));
    }
    return sum;
  },
  shares([eta], [out]) {
    for (let i = 0; i < eta.length; i++) out[i] = 1 / (1 + Math.exp(-eta[i]));
  },
  residuals({ y, weights }, [shares], [out]) {
    for (let i = 0; i < out.length; i++) out[i] = weights[i] * (shares[i] - y[i]);
  },
  curve({ weights }, [shares], [u]) {
    for (let i = 0; i < u.length; i++) u[i] *= weights[i] * shares[i] * (1 - shares[i]);
  },
};

/** A linear predictor a class, softmax over them. */
export const multinomial: Link = {
  loss({ y, weights }, eta) {
    let sum = 0;
    for (let i = 0; i < y.length; i++) sum += weights[i] * (logSumExp(eta, i) - eta[y[i]][i]);
    return sum;
  },
  shares(eta, out) {
    for (let i = 0; i < eta[0].length; i++) {
      const log = logSumExp(eta, i);
      for (let c = 0; c < eta.length; c++) out[c][i] = Math.exp(eta[c][i] - log);
    }
  },
  residuals({ y, weights }, shares, out) {
    out.forEach((o, c) => {
      for (let i = 0; i < o.length; i++) o[i] = weights[i] * (shares[c][i] - (y[i] === c ? 1 : 0));
    });
  },
  curve({ weights }, shares, u) {
    for (let i = 0; i < weights.length; i++) {
      let mean = 0;
      for (let c = 0; c < u.length; c++) mean += shares[c][i] * u[c][i];
      for (let c = 0; c < u.length; c++) u[c][i] = weights[i] * shares[c][i] * (u[c][i] - mean);
    }
  },
};

function logSumExp(eta: Vectors, i: number): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let c = 0; c < eta.length; c++) if (eta[c][i] > most) most = eta[c][i];
  let sum = 0;
  for (let c = 0; c < eta.length; c++) sum += Math.exp(eta[c][i] - most);
  return most + Math.log(sum);
}
