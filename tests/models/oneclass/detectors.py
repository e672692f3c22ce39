"""Scores of scikit-learn's and PyOD's detectors, and of the inductive ECOD and COPOD by their definitions.

Reads JSON from stdin, writes JSON to stdout.
"""

import json
import sys

import numpy as np
from pyod.models.hbos import HBOS
from scipy.stats import skew
from sklearn.covariance import EmpiricalCovariance
from sklearn.decomposition import PCA

asked = json.load(sys.stdin)
benign, scored = np.array(asked["benign"]), np.array(asked["scored"])


def reconstruction(components):
    pca = PCA(components, svd_solver="full").fit(benign)
    return ((scored - pca.inverse_transform(pca.transform(scored))) ** 2).sum(axis=1)


def mahalanobis(ridge):
    fitted = EmpiricalCovariance().fit(benign)
    away = scored - fitted.location_
    inverse = np.linalg.inv(fitted.covariance_ + ridge * np.eye(benign.shape[1]))
    return np.einsum("ij,jk,ik->i", away, inverse, away)


n = len(benign)
tails = np.sort(benign, axis=0)
left, right = np.empty_like(scored), np.empty_like(scored)
for j in range(scored.shape[1]):
    left[:, j] = -np.log((np.searchsorted(tails[:, j], scored[:, j], side="right") + 1) / (n + 1))
    right[:, j] = -np.log((n - np.searchsorted(tails[:, j], scored[:, j], side="left") + 1) / (n + 1))
sign = np.sign(np.nan_to_num(skew(benign, axis=0)))
ecod = np.maximum.reduce([left.sum(1), right.sum(1), np.where(sign < 0, left, right).sum(1)])
skewed = np.where(sign < 0, left, np.where(sign > 0, right, left + right))
copod = np.maximum(skewed, (left + right) / 2).sum(1)

scores = {
    "pca": reconstruction(3),
    "pca_share": reconstruction(0.9),
    "mahalanobis": mahalanobis(1e-3),
    "hbos": HBOS().fit(benign).decision_function(scored),
    "hbos_fine": HBOS(n_bins=25, alpha=0.3, tol=0.1).fit(benign).decision_function(scored),
    "ecod": ecod,
    "copod": copod,
}
json.dump({name: values.tolist() for name, values in scores.items()}, sys.stdout)
