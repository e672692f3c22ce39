"""PCA and IncrementalPCA of scikit-learn on the rows in stdin."""

import json
import sys

import numpy as np
from sklearn.decomposition import PCA, IncrementalPCA

given = json.load(sys.stdin)
x = np.array(given["rows"])


def result(model):
    return {
        "mean": model.mean_.tolist(),
        "components": model.components_.tolist(),
        "explained_variance": model.explained_variance_.tolist(),
        "explained_variance_ratio": model.explained_variance_ratio_.tolist(),
        "transformed": model.transform(x).tolist(),
    }


incremental = IncrementalPCA(given["components"], batch_size=given["batch"])
json.dump(
    {
        "pca": result(PCA(given["components"], svd_solver="full").fit(x)),
        "white": result(PCA(given["components"], svd_solver="full", whiten=True).fit(x)),
        "share": int(PCA(given["share"], svd_solver="full").fit(x).n_components_),
        "incremental": result(incremental.fit(x)),
        "incremental_default": result(IncrementalPCA(given["components"]).fit(x)),
    },
    sys.stdout,
)
