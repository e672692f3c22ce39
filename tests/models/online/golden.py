"""Writes golden.json: what scikit-learn 1.9.1 makes of the batches in golden.ts (the same numbers, by the same rule).

    python -m venv venv && venv/bin/pip install scikit-learn==1.9.1 && venv/bin/python tests/models/online/golden.py

Each model sees the batches in turn: StandardScaler.partial_fit, transform, partial_fit (shuffle=False).
"""
import json
import os

import numpy as np
from sklearn.linear_model import PassiveAggressiveClassifier, Perceptron, SGDClassifier
from sklearn.preprocessing import StandardScaler

ROWS, COLUMNS, BATCH = 240, 4, 60


def rows():
    """A linear congruential generator (Numerical Recipes), so that both sides have the same rows without a file."""
    state = 12345

    def uniform():
        nonlocal state
        state = (1664525 * state + 1013904223) % 2**32
        return state / 2**32

    X = np.zeros((ROWS, COLUMNS), dtype=np.float32)
    two, three = [], []
    for i in range(ROWS):
        a, b, c, d = (uniform() for _ in range(4))
        X[i] = [a * 10, b * 1000, 0 if c < 0.7 else c, 3]
        signal = a + 0.5 * b + 0.2 * d
        two.append(int(signal > 0.9))
        three.append(int(signal > 0.6) + int(signal > 1.0))
    return X.astype(np.float64), np.array(two), np.array(three)


def trained(make, y, weights=None):
    X, classes = rows()[0], np.unique(y)
    scaler, model = StandardScaler(), make()
    if weights is not None:
        model.set_params(class_weight=weights)
    for start in range(0, ROWS, BATCH):
        part = slice(start, start + BATCH)
        scaler.partial_fit(X[part])
        model.partial_fit(scaler.transform(X[part]), y[part], classes=classes)
    scores = model.decision_function(scaler.transform(X[:12]))
    return {"coef": model.coef_.tolist(), "intercept": model.intercept_.tolist(), "decision": scores.tolist()}


def stopped(make, y):
    """Whole passes in the order of the rows, until the training loss has not improved by tol for n_iter_no_change of them."""
    X = StandardScaler().fit_transform(rows()[0])
    model = make().fit(X, y)
    return {"epochs": int(model.n_iter_), "coef": model.coef_.tolist(), "intercept": model.intercept_.tolist()}


def sgd(**params):
    return lambda: SGDClassifier(shuffle=False, learning_rate="optimal", **params)


_, two, three = rows()
cases = {
    "log-l2": trained(sgd(loss="log_loss", penalty="l2", alpha=0.001), two),
    "hinge-l1": trained(sgd(loss="hinge", penalty="l1", alpha=0.001), two),
    "log-elastic-net": trained(sgd(loss="log_loss", penalty="elasticnet", alpha=0.01, l1_ratio=0.4), two),
    "hinge-none": trained(sgd(loss="hinge", penalty=None, alpha=0.001), two),
    "hinge-l2-weighted": trained(sgd(loss="hinge", penalty="l2", alpha=0.001), two, {0: 0.5, 1: 2.0}),
    "log-l2-three": trained(sgd(loss="log_loss", penalty="l2", alpha=0.001), three),
    "perceptron": trained(lambda: Perceptron(shuffle=False), two),
    "passive-aggressive": trained(lambda: PassiveAggressiveClassifier(C=0.1, shuffle=False), two),
    "stops-hinge": stopped(sgd(loss="hinge", alpha=0.01), two),
    "stops-log-three": stopped(sgd(loss="log_loss", alpha=0.01, tol=1e-4, n_iter_no_change=2), three),
    "stops-perceptron": stopped(lambda: Perceptron(shuffle=False), two),
    "stops-passive-aggressive": stopped(lambda: PassiveAggressiveClassifier(C=0.01, shuffle=False), two),
}
with open(os.path.join(os.path.dirname(__file__), "golden.json"), "w") as out:
    json.dump(cases, out, indent=1)
    out.write("\n")
