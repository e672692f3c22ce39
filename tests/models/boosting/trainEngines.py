"""Train XGBoost and LightGBM as tests/models/boosting/engines.interop.test.ts does, and give their margins.

stdin: {"runs": [{"library", "params", "rounds", "columns", "train", "labels", "weights", "validation", "validation_labels",
"scored"}]}, matrices row by row with null for a missing value. stdout: a list of {"margins", "losses", "contributions"}.
"""

import json
import sys

import lightgbm as lgb
import numpy as np
import xgboost as xgb


def matrix(values, columns):
    return np.array([np.nan if v is None else v for v in values], dtype=np.float32).reshape(-1, columns)


def run(task):
    columns, rounds = task["columns"], task["rounds"]
    train, scored = matrix(task["train"], columns), matrix(task["scored"], columns)
    valid = matrix(task["validation"], columns)
    weights = task["weights"] and np.array(task["weights"], dtype=np.float32)
    y, vy = np.array(task["labels"], dtype=np.float32), np.array(task["validation_labels"], dtype=np.float32)
    losses = {}
    if task["library"] == "xgboost":
        watched = xgb.DMatrix(valid, vy)
        booster = xgb.train(
            {**task["params"], "verbosity": 0},
            xgb.DMatrix(train, y, weight=weights),
            rounds,
            evals=[(watched, "v")],
            evals_result=losses,
            verbose_eval=False,
        )
        matrix_scored = xgb.DMatrix(scored)
        margins = booster.predict(matrix_scored, output_margin=True)
        contributions = booster.predict(xgb.DMatrix(scored[:20]), pred_contribs=True)
    else:
        data = lgb.Dataset(train, y, weight=weights, params={"verbosity": -1})
        booster = lgb.train(
            {**task["params"], "verbosity": -1},
            data,
            rounds,
            valid_sets=[data.create_valid(valid, vy)],
            valid_names=["v"],
            callbacks=[lgb.record_evaluation(losses)],
        )
        margins = booster.predict(scored, raw_score=True)
        contributions = booster.predict(scored[:20], pred_contrib=True)
    return {
        "margins": np.asarray(margins, dtype=np.float64).ravel().tolist(),
        "losses": list(losses["v"].values())[0],
        "contributions": np.asarray(contributions, dtype=np.float64).ravel().tolist(),
    }


json.dump([run(task) for task in json.load(sys.stdin)["runs"]], sys.stdout)
