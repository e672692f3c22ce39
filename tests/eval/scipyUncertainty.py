"""scipy's answers to the cases on stdin: McNemar's p-values, BCa levels, and a whole BCa interval from given resamples."""

import json
import sys

import numpy as np
from scipy import stats

case = json.load(sys.stdin)


def mcnemar(a, b):
    if a + b < 25:
        return float(stats.binomtest(a, a + b, 0.5).pvalue) if a + b > 0 else 1.0
    return float(stats.chi2.sf(max(0, abs(a - b) - 1) ** 2 / (a + b), 1))


def holm(p):
    """The step-down procedure, from its definition."""
    p = np.asarray(p)
    order = np.argsort(p, kind="stable")
    stepped = np.minimum(1, (len(p) - np.arange(len(p))) * p[order])
    adjusted = np.empty(len(p))
    adjusted[order] = np.maximum.accumulate(stepped)
    return adjusted.tolist()


def bca():
    """scipy.stats.bootstrap(method="BCa") of a mean; the resampled means are its own, and are given back."""
    data = np.asarray(case["data"])
    result = stats.bootstrap((data,), np.mean, n_resamples=999, method="BCa", rng=np.random.default_rng(1)) \
        if "rng" in stats.bootstrap.__doc__ else \
        stats.bootstrap((data,), np.mean, n_resamples=999, method="BCa", random_state=np.random.default_rng(1))
    return {
        "resampled": result.bootstrap_distribution.tolist(),
        "point": float(data.mean()),
        "jackknife": [float(np.delete(data, i).mean()) for i in range(len(data))],
        "lo": float(result.confidence_interval.low),
        "hi": float(result.confidence_interval.high),
    }


json.dump(
    {
        "mcnemar": [mcnemar(a, b) for a, b in case["discordant"]],
        "holm": holm(case["p"]),
        "bca": bca(),
        "cdf": stats.norm.cdf(case["z"]).tolist(),
        "ppf": stats.norm.ppf(case["q"]).tolist(),
    },
    sys.stdout,
)
