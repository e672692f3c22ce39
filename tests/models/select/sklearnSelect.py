"""Mutual information and impurity importance of scikit-learn for what is in stdin."""

import json
import sys

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import mutual_info_score

given = json.load(sys.stdin)
codes = given["codes"]
x, y = np.array(given["rows"]), np.array(given["y"])
forest = RandomForestClassifier(7, random_state=0, max_depth=6).fit(x, y)


def tree(t):
    return {
        "feature": t.feature.tolist(),
        "left": t.children_left.tolist(),
        "right": t.children_right.tolist(),
        "shares": t.value[:, 0, :].tolist(),
        "rows": t.weighted_n_node_samples.tolist(),
    }


json.dump(
    {
        "information": [[mutual_info_score(a, b) for b in codes] for a in codes],
        "trees": [tree(each.tree_) for each in forest.estimators_],
        "importances": forest.feature_importances_.tolist(),
    },
    sys.stdout,
)
