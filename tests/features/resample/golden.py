"""Writes golden.json: a small case as scikit-learn 1.5.2 and imbalanced-learn 0.12.4 see it.

    python -m venv venv && venv/bin/pip install scikit-learn==1.5.2 imbalanced-learn==0.12.4
    venv/bin/python tests/features/resample/golden.py
"""
import json
import os

import numpy as np
from imblearn.over_sampling import SMOTE, SMOTENC
from sklearn.neighbors import NearestNeighbors

rng = np.random.default_rng(7)
minority = np.round(rng.normal(0, 2, (20, 2)), 2)
majority = np.round(rng.normal(5, 2, (30, 2)), 2)
y = np.array([1] * 20 + [0] * 30)
codes = rng.integers(0, 3, (50, 1))
X = np.vstack([minority, majority])
mixed = np.hstack([X, codes])

neighbours = NearestNeighbors(n_neighbors=6).fit(minority).kneighbors(minority, return_distance=False)[:, 1:]
plain, _ = SMOTE(k_neighbors=5, random_state=1).fit_resample(X, y)
nominal = SMOTENC(categorical_features=[2], k_neighbors=3, random_state=1)
nominal.fit_resample(mixed, y)
with open(os.path.join(os.path.dirname(__file__), "golden.json"), "w") as out:
    json.dump(
        {
            "numbers": minority.tolist(),
            "mixed": mixed[:20].tolist(),
            "neighbours": neighbours.tolist(),
            "smote": plain[50:].tolist(),
            "median_std": float(nominal.median_std_[1]),
        },
        out,
    )
    out.write("\n")
