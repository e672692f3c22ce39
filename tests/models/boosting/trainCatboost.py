"""Train CatBoost on the rows of tests/models/boosting/engines.interop.test.ts and give its own probabilities.

stdin: {"columns", "train", "labels", "validation", "validation_labels", "scored", "params"}, null for a missing value.
stdout: {"proba", "losses"}.
"""

import json
import sys

import numpy as np
from catboost import CatBoostClassifier, Pool

task = json.load(sys.stdin)


def matrix(name):
    values = [np.nan if v is None else v for v in task[name]]
    return np.array(values, dtype=np.float32).reshape(-1, task["columns"])


model = CatBoostClassifier(logging_level="Silent", allow_writing_files=False, **task["params"])
watched = Pool(matrix("validation"), task["validation_labels"])
model.fit(Pool(matrix("train"), task["labels"]), eval_set=watched, use_best_model=False)
json.dump(
    {
        "proba": model.predict_proba(matrix("scored")).ravel().tolist(),
        "losses": list(model.get_evals_result()["validation"].values())[0],
    },
    sys.stdout,
)
