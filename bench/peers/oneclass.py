import sys

from common import need, nsl_kdd, serve

need("numpy", "pandas", "scikit-learn", "pyod")
import numpy as np
import sklearn
from pyod.models.copod import COPOD
from pyod.models.ecod import ECOD
from pyod.models.hbos import HBOS
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import SGDOneClassSVM
from sklearn.mixture import GaussianMixture

x, y = nsl_kdd("train")
t, _ = nsl_kdd("test")
benign = x[y == 0].astype(np.float64)


def encode(rows):
    columns = []
    for j in range(x.shape[1]):
        if j in (1, 2, 3):
            columns += [(rows[:, j] == level).astype(np.float64) for level in np.unique(x[:, j])]
        else:
            columns.append((rows[:, j] - benign[:, j].mean()) / (benign[:, j].std() or 1))
    return np.column_stack(columns)


fitted, scored = encode(benign), encode(t.astype(np.float64))


def pca():
    model = PCA(0.95, svd_solver="full").fit(fitted)
    return ((scored - model.inverse_transform(model.transform(scored))) ** 2).sum(axis=1)


def mahalanobis():
    inverse = np.linalg.pinv(np.cov(fitted.T) + 1e-3 * np.eye(fitted.shape[1]))
    away = scored - fitted.mean(axis=0)
    return ((away @ inverse) * away).sum(axis=1)


def hbos():
    return HBOS().fit(fitted).decision_function(scored)


def ecod():
    return ECOD().fit(fitted).decision_function(scored)


def copod():
    return COPOD().fit(fitted).decision_function(scored)


def isolation_forest():
    return IsolationForest(n_estimators=100, random_state=42, n_jobs=1).fit(fitted).score_samples(scored)


def gmm():
    return GaussianMixture(16, covariance_type="diag", reg_covar=1e-3, random_state=42).fit(fitted).score_samples(scored)


def ocsvm():
    gamma = 1 / (fitted.shape[1] * fitted.var())
    features = Nystroem(gamma=gamma, n_components=300, random_state=42).fit(fitted)
    model = SGDOneClassSVM(nu=0.05, tol=1e-6, max_iter=100, random_state=42).fit(features.transform(fitted))
    return model.decision_function(features.transform(scored))


works = {work.__name__: work for work in (isolation_forest, pca, mahalanobis, hbos, ecod, copod, gmm, ocsvm)}
name = sys.argv[2]
serve(
    f"scikit-learn {sklearn.__version__} and PyOD, {name}: fit on {fitted.shape[0]} x {fitted.shape[1]} float64, score {scored.shape[0]}",
    works[name.replace("-", "_")],
)
