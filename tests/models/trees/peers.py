"""Decision trees of scikit-learn on the given rows: pruned, weighted, of balanced classes. JSON in and out."""

import json
import sys

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier

given = json.load(sys.stdin)
X = np.array(given["X"], dtype=np.float32)
T = np.array(given["T"], dtype=np.float32)
y = np.array(given["y"])
w = np.array(given["weights"])


def tree(weights=None, **settings):
    model = DecisionTreeClassifier(random_state=0, **settings).fit(X, y, sample_weight=weights)
    return {"nodes": int(model.tree_.node_count), "proba": model.predict_proba(T).tolist()}


forest = RandomForestClassifier(100, oob_score=True, random_state=0, n_jobs=1).fit(X, y)


def extra(**settings):
    model = ExtraTreesClassifier(300, max_depth=6, min_samples_leaf=5, random_state=0, n_jobs=1, **settings)
    return model.fit(X, y).predict_proba(T)[:, 1].tolist()


json.dump(
    {
        "wide": tree(max_depth=5, min_samples_leaf=15),
        "weighted": tree(weights=w, max_depth=5, min_samples_leaf=15),
        "balanced": tree(max_depth=5, min_samples_leaf=15, class_weight="balanced"),
        "gain": tree(min_samples_leaf=5, min_impurity_decrease=0.004),
        "pruned": [tree(min_samples_leaf=15, ccp_alpha=a) for a in given["alphas"]],
        "monotone": tree(max_depth=5, min_samples_leaf=15, monotonic_cst=given["monotone"]),
        "extra": extra(),
        "extra_monotone": extra(monotonic_cst=given["monotone"]),
        "oob": float(forest.oob_score_),
    },
    sys.stdout,
)
