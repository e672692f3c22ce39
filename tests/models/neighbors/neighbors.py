"""knn, LOF, kernel density and the distance to the k-th neighbour of scikit-learn, on the rows that stdin brings."""

import json
import sys

import numpy as np
from scipy.sparse import eye
from scipy.sparse.linalg import spsolve
from sklearn.neighbors import KernelDensity, KNeighborsClassifier, LocalOutlierFactor, NearestNeighbors

given = json.load(sys.stdin)
train = np.array(given["train"])
asked = np.array(given["asked"])
y = np.array(given["y"])
k = given["k"]


def spread():
    """Zhou et al. 2004 in closed form: (I - alpha S)^-1 Y, rows made to sum to 1; new rows by their neighbours."""
    nearest = NearestNeighbors(n_neighbors=k).fit(train)
    joined = nearest.kneighbors_graph()
    joined = joined.maximum(joined.T)
    root = 1 / np.sqrt(np.asarray(joined.sum(axis=1)).ravel())
    scaled = joined.multiply(root[:, None]).multiply(root[None, :])
    labels = np.eye(y.max() + 1)[y]
    solved = spsolve((eye(len(y)) - given["alpha"] * scaled).tocsc(), labels)
    solved /= solved.sum(axis=1, keepdims=True)
    return solved[nearest.kneighbors(asked)[1]].mean(axis=1)


json.dump(
    {
        "uniform": KNeighborsClassifier(k, algorithm="brute").fit(train, y).predict_proba(asked).tolist(),
        "distance": KNeighborsClassifier(k, weights="distance").fit(train, y).predict_proba(asked).tolist(),
        "knn-distance": NearestNeighbors(n_neighbors=k).fit(train).kneighbors(asked)[0][:, -1].tolist(),
        "lof": (-LocalOutlierFactor(k, novelty=True).fit(train).score_samples(asked)).tolist(),
        "kde": (-KernelDensity(bandwidth=given["bandwidth"]).fit(train).score_samples(asked)).tolist(),
        "label-spreading": spread().tolist(),
    },
    sys.stdout,
)
