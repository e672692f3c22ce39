"""What scikit-learn makes of the same rows, converged: coefficients, intercepts and scores."""
import json
import sys

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC


def logistic(case, X, y):
    l1, l2 = case["l1"], case["l2"]
    if l1 == 0 and l2 == 0:
        model = LogisticRegression(C=np.inf, solver="newton-cg", tol=1e-12, max_iter=100000)
    else:
        share, C = l1 / (l1 + l2), 1 / (l1 + l2)
        model = LogisticRegression(C=C, l1_ratio=share, solver="saga", tol=1e-14, max_iter=200000)
    return model.set_params(class_weight=case.get("class_weight")).fit(X, y)


def svm(case, X, y):
    model = LinearSVC(C=1 / case["l2"], dual=False, tol=1e-13, max_iter=100000)
    return model.set_params(class_weight=case.get("class_weight")).fit(X, y)


def run(case):
    X, y = np.array(case["X"]), np.array(case["y"])
    if case["model"] == "logistic":
        model = logistic(case, X, y)
        return {"coef": model.coef_.tolist(), "intercept": model.intercept_.tolist(), "p": model.predict_proba(X).tolist()}
    if case["model"] == "svm":
        model = svm(case, X, y)
        return {"coef": model.coef_.tolist(), "intercept": model.intercept_.tolist()}
    base = LinearSVC(C=1 / case["l2"], dual=False, tol=1e-13, max_iter=100000, class_weight=case.get("class_weight"))
    model = CalibratedClassifierCV(base, method="sigmoid", cv=3, ensemble=True).fit(X, y)
    return {"p": model.predict_proba(X).tolist()}


json.dump([run(case) for case in json.load(sys.stdin)], sys.stdout)
