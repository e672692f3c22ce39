"""Fits scikit-learn's GaussianMixture from given labels. Reads JSON from stdin, writes JSON to stdout."""

import json
import sys

import numpy as np
from sklearn.mixture import GaussianMixture


class FromLabels(GaussianMixture):
    """Starts from labels instead of k-means."""

    def _initialize_parameters(self, X, random_state, xp=None):
        resp = np.zeros((len(X), self.n_components))
        resp[np.arange(len(X)), self.labels] = 1
        self._initialize(X, resp)


asked = json.load(sys.stdin)
X = np.array(asked["rows"])
mixture = FromLabels(asked["components"], covariance_type=asked["covariance"], reg_covar=1e-3, tol=1e-3, max_iter=100)
mixture.labels = np.array(asked["start"])
labels = mixture.fit_predict(X)
json.dump(
    {
        "log_densities": mixture.score_samples(X).tolist(),
        "responsibilities": mixture.predict_proba(X).tolist(),
        "labels": labels.tolist(),
        "means": mixture.means_.tolist(),
        "weights": mixture.weights_.tolist(),
        "iterations": mixture.n_iter_,
    },
    sys.stdout,
)
