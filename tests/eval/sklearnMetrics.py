"""scikit-learn's metrics of the cases on stdin; None where scikit-learn calls a value undefined.

A case is {truth, scores, threshold} (attack is 1), or {classes, truth, predicted, probabilities}; arrays are lists, or
the path of a file of little-endian doubles.
"""

import json
import sys
import warnings

import numpy as np
from sklearn import metrics as sk


def array(value):
    return np.fromfile(value, dtype="<f8") if isinstance(value, str) else np.asarray(value, dtype=float)


def defined(function, *args, **options):
    """The value, or None where scikit-learn warns of it, refuses it or answers NaN."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            value = float(function(*args, **options))
        except (Warning, ValueError):
            return None
    return None if np.isnan(value) else value


def binary(truth, scores, threshold):
    decision = (scores >= threshold).astype(int)
    both = len(set(truth)) == 2
    values = {
        "accuracy": defined(sk.accuracy_score, truth, decision),
        # scikit-learn leaves an absent class out, and calls the coefficient of a constant 0.
        "balanced_accuracy": defined(sk.balanced_accuracy_score, truth, decision) if both else None,
        "mcc": defined(sk.matthews_corrcoef, truth, decision) if both and len(set(decision)) == 2 else None,
        "roc_auc": defined(sk.roc_auc_score, truth, scores),
        "average_precision": defined(sk.average_precision_score, truth, scores),
    }
    for name in ["precision", "recall", "f1"]:
        values[name] = defined(getattr(sk, f"{name}_score"), truth, decision, zero_division=np.nan)
    for average in ["macro", "weighted"]:
        values[f"{average}_f1"] = defined(sk.f1_score, truth, decision, average=average, zero_division=np.nan)
    if scores.min() >= 0 and scores.max() <= 1:
        values["brier"] = defined(sk.brier_score_loss, truth, scores, pos_label=1)
        values["log_loss"] = defined(sk.log_loss, truth, np.column_stack([1 - scores, scores]), labels=[0, 1])
    curves = {}
    if both and len(truth) <= 1000:
        fpr, tpr, _ = sk.roc_curve(truth, scores, drop_intermediate=False)
        precision, recall, _ = sk.precision_recall_curve(truth, scores)
        curves = {"roc": [list(fpr), list(tpr)], "pr": [list(recall), list(precision)]}
    return {"values": values, **curves}


def many(classes, truth, predicted, probabilities):
    k = len(classes)
    labels = list(range(k))
    P = probabilities.reshape(-1, k)
    indicator = (truth[:, None] == np.arange(k)[None, :]).astype(int)
    per_class = {}
    averages = {"macro": {}, "weighted": {}, "micro": {}}
    for name in ["precision", "recall", "f1"]:
        score = getattr(sk, f"{name}_score")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            each = score(truth, predicted, labels=labels, average=None, zero_division=np.nan)
        per_class[name] = [None if np.isnan(value) else float(value) for value in each]
        for average in averages:
            averages[average][name] = defined(
                score, truth, predicted, labels=labels, average=average, zero_division=np.nan
            )
        # scikit-learn calls a mean of weights 0 a 0.
        if not any(value is not None and np.any(truth == c) for c, value in enumerate(per_class[name])):
            averages["weighted"][name] = None
    for name, score in [("roc_auc", sk.roc_auc_score), ("average_precision", sk.average_precision_score)]:
        per_class[name] = [
            defined(score, indicator[:, c], P[:, c]) if 0 < indicator[:, c].sum() < len(truth) else None
            for c in labels
        ]
        present = [c for c in labels if per_class[name][c] is not None]
        for average in averages:
            columns = labels if average == "micro" else present
            averages[average][name] = (
                defined(score, indicator[:, columns], P[:, columns], average=average) if columns else None
            )
    return {"per_class": per_class, "averages": averages}


def answer(case):
    if "classes" in case:
        return many(
            case["classes"],
            array(case["truth"]).astype(int),
            array(case["predicted"]).astype(int),
            array(case["probabilities"]),
        )
    return binary(array(case["truth"]).astype(int), array(case["scores"]), case["threshold"])


print(json.dumps([answer(case) for case in json.load(sys.stdin)]))
