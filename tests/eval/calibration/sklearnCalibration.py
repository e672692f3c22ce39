"""scikit-learn's calibrators of the cases on stdin, each {scores, truth, grid}."""

import json
import sys

import numpy as np
from sklearn.calibration import _SigmoidCalibration
from sklearn.isotonic import IsotonicRegression


def answer(case):
    scores, truth = np.asarray(case["scores"], dtype=float), np.asarray(case["truth"], dtype=float)
    isotonic = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(scores, truth)
    sigmoid = _SigmoidCalibration().fit(scores, truth)
    return {
        "isotonic": isotonic.predict(np.asarray(case["grid"], dtype=float)).tolist(),
        # scikit-learn writes 1 / (1 + exp(a · score + b)).
        "sigmoid": [-float(sigmoid.a_), -float(sigmoid.b_)],
    }


print(json.dumps([answer(case) for case in json.load(sys.stdin)]))
