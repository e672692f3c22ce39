"""SHAP values of scikit-learn forests by shap, and of XGBoost models by XGBoost itself, with the trees they are of."""

import json
import os
import sys
import tempfile

import numpy as np
import shap
import xgboost
from sklearn.ensemble import RandomForestClassifier

rng = np.random.default_rng(0)


def rows(n, missing):
    x = rng.normal(size=(n, 12)).astype(np.float32)
    y = (x[:, 0] * x[:, 1] + x[:, 2] + 0.5 * rng.normal(size=n) > 0).astype(int)
    if missing:
        x[rng.random(x.shape) < 0.1] = np.nan
    return x, y


def listed(x):
    return [[None if np.isnan(v) else float(v) for v in row] for row in x]


def forest():
    x, y = rows(1500, True)
    model = RandomForestClassifier(20, random_state=0, n_jobs=2).fit(x, y)
    trees = []
    for each in model.estimators_:
        t = each.tree_
        value = t.value[:, 0, :]
        trees.append(
            {
                "feature": np.where(t.children_left < 0, -1, t.feature).tolist(),
                "threshold": np.nan_to_num(t.threshold, posinf=1e308).tolist(),
                "left": t.children_left.tolist(),
                "right": t.children_right.tolist(),
                "missing": t.missing_go_to_left.tolist(),
                "cover": t.weighted_n_node_samples.tolist(),
                "leaf": (value[:, 1] / value.sum(axis=1)).tolist(),
            }
        )
    explainer = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
    values = explainer.shap_values(x[:40], check_additivity=False)
    return {
        "trees": trees,
        "x": listed(x[:40]),
        "values": values[:, :, 1].tolist(),
        "base": float(np.asarray(explainer.expected_value)[1]),
    }


def boosting():
    x, y = rows(1500, True)
    model = xgboost.train(
        {"max_depth": 6, "eta": 0.3, "objective": "binary:logistic", "nthread": 2},
        xgboost.DMatrix(x, y),
        40,
    )
    contributions = model.predict(xgboost.DMatrix(x[:40]), pred_contribs=True)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.json")
        model.save_model(path)
        with open(path) as file:
            saved = json.load(file)
    return {
        "model": saved,
        "x": listed(x[:40]),
        "values": contributions[:, :-1].tolist(),
        "base": float(contributions[0, -1]),
    }


print(json.dumps({"forest": forest(), "boosting": boosting()}))
