"""Voting, stacking and a grid search of scikit-learn on the same rows: ROC-AUC on the test rows, scores on the folds."""
import json
import sys

import numpy as np
from sklearn.ensemble import RandomForestClassifier, StackingClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV, PredefinedSplit
from sklearn.naive_bayes import GaussianNB

case = json.load(sys.stdin)


def matrix(part):
    X = np.fromfile(part["path"], dtype=np.float32).reshape(-1, case["columns"]).astype(np.float64)
    return X, np.array(part["y"])


(X, y), (Xt, yt) = matrix(case["train"]), matrix(case["test"])


def auc(model):
    return roc_auc_score(yt, model.fit(X, y).predict_proba(Xt)[:, 1])


def members(seed):
    forest = RandomForestClassifier(case["trees"], random_state=seed, n_jobs=2)
    return [("logistic", LogisticRegression(max_iter=5000)), ("forest", forest), ("bayes", GaussianNB())]


final = LogisticRegression(max_iter=5000)
stack_folds = PredefinedSplit(case["stack_folds"])
grid = GridSearchCV(
    LogisticRegression(max_iter=5000),
    {"C": [1 / l2 for l2 in case["l2"]]},
    scoring="roc_auc",
    cv=PredefinedSplit(case["search_folds"]),
)
search = auc(grid)
json.dump(
    {
        "voting": [auc(VotingClassifier(members(seed), voting="soft")) for seed in case["seeds"]],
        "stacking": [auc(StackingClassifier(members(seed), final, cv=stack_folds)) for seed in case["seeds"]],
        "search": {"test": search, "means": grid.cv_results_["mean_test_score"].tolist()},
    },
    sys.stdout,
)
