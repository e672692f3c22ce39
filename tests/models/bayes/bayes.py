"""What scikit-learn's naive Bayes makes of the same rows."""
import json
import sys

import numpy as np
from sklearn.naive_bayes import BernoulliNB, GaussianNB


def run(case):
    X, y = np.array(case["X"]), np.array(case["y"])
    make = GaussianNB if case["model"] == "gaussian-nb" else BernoulliNB
    weights = None
    if case["balanced"]:
        counts = np.bincount(y)
        weights = (len(y) / (len(counts) * counts))[y]
    model = make(**case["params"]).fit(X, y, sample_weight=weights)
    return model.predict_proba(np.array(case["scored"])).tolist()


json.dump([run(case) for case in json.load(sys.stdin)], sys.stdout)
