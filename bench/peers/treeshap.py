from common import need, nsl_kdd, serve

need("numpy", "pandas", "scikit-learn", "shap")
import json
import sys

import numpy as np
import shap
from sklearn.ensemble import RandomForestClassifier

x, y = nsl_kdd("train")
forest = RandomForestClassifier(100, n_jobs=2, random_state=42).fit(x, y)
rows = x[:: len(x) // 100][:100]

if len(sys.argv) > 2:
    # The same forest for the other side: its arrays, and the rows.
    trees = []
    for each in forest.estimators_:
        t = each.tree_
        value = t.value[:, 0, :]
        trees.append(
            {
                "feature": np.where(t.children_left < 0, -1, t.feature).tolist(),
                "threshold": t.threshold.tolist(),
                "left": t.children_left.tolist(),
                "right": t.children_right.tolist(),
                "missing": t.missing_go_to_left.tolist(),
                "cover": t.weighted_n_node_samples.tolist(),
                "leaf": (value[:, 1] / value.sum(axis=1)).tolist(),
            }
        )
    with open(sys.argv[2], "w") as file:
        json.dump({"trees": trees, "x": rows.tolist()}, file)
else:
    explainer = shap.TreeExplainer(forest, feature_perturbation="tree_path_dependent")
    serve(
        f"shap {shap.__version__} TreeExplainer, tree_path_dependent, {len(rows)} rows, the same forest",
        lambda: explainer.shap_values(rows, check_additivity=False),
    )
