"""scikit-learn's clusterings and scores of the rows on stdin."""

import json
import sys

import numpy as np
from scipy.cluster import hierarchy
from scipy.spatial.distance import squareform
from sklearn import cluster, metrics


def clusterings(x, case):
    kind = case["type"]
    if kind == "k-means":
        model = cluster.KMeans(
            len(case["start"]), init=np.array(case["start"]), n_init=1, algorithm="lloyd", tol=0
        ).fit(x)
        return {"labels": model.labels_.tolist(), "inertia": model.inertia_}
    if kind == "ward":
        model = cluster.AgglomerativeClustering(
            case["clusters"], linkage="ward", compute_distances=True
        ).fit(x)
        return {"labels": model.labels_.tolist(), "heights": model.distances_.tolist()}
    if kind == "dbscan":
        model = cluster.DBSCAN(eps=case["eps"], min_samples=case["min_samples"]).fit(x)
        return {"labels": model.labels_.tolist()}
    if kind == "hdbscan":
        model = cluster.HDBSCAN(
            min_cluster_size=case["min_cluster_size"], min_samples=case.get("min_samples"), copy=True
        ).fit(x)
        return {"labels": model.labels_.tolist(), "probabilities": model.probabilities_.tolist()}
    if kind == "ward-distances":
        d = np.array(case["distances"])
        tree = hierarchy.ward(squareform(d, checks=False))
        return {"heights": tree[:, 2].tolist(), "pairs": tree[:, :2].astype(int).tolist()}
    raise ValueError(kind)


def scores(x, labels):
    return {
        "silhouette": metrics.silhouette_score(x, labels),
        "daviesBouldin": metrics.davies_bouldin_score(x, labels),
        "calinskiHarabasz": metrics.calinski_harabasz_score(x, labels),
    }


def agreement(truth, labels):
    h, c, v = metrics.homogeneity_completeness_v_measure(truth, labels)
    return {
        "ari": metrics.adjusted_rand_score(truth, labels),
        "ami": metrics.adjusted_mutual_info_score(truth, labels),
        "homogeneity": h,
        "completeness": c,
        "v_measure": v,
    }


given = json.load(sys.stdin)
rows = {name: np.array(values, dtype=float) for name, values in given.get("rows", {}).items()}
json.dump(
    {
        "clusterings": [clusterings(rows.get(case.get("rows")), case) for case in given.get("clusterings", [])],
        "scores": [scores(rows[case["rows"]], case["labels"]) for case in given.get("scores", [])],
        "agreement": [agreement(case["truth"], case["labels"]) for case in given.get("agreement", [])],
    },
    sys.stdout,
)
