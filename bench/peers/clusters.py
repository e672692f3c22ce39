"""scikit-learn's clusterings of the float32 rows in the file argv[1]: argv[2] says which, argv[3] how many columns."""

import sys

from common import need, serve

need("numpy", "scikit-learn")
import numpy as np
import sklearn
from sklearn import cluster, metrics

x = np.fromfile(sys.argv[1], dtype="<f4").reshape(-1, int(sys.argv[3])).astype(np.float64)
labels = np.arange(len(x)) % 8
works = {
    "k-means": ("KMeans(8, n_init=10)", lambda: cluster.KMeans(8, n_init=10, random_state=42).fit(x)),
    "mini-batch": (
        "MiniBatchKMeans(8, n_init=3)",
        lambda: cluster.MiniBatchKMeans(8, n_init=3, random_state=42).fit(x),
    ),
    "dbscan": ("DBSCAN(eps=1, min_samples=10, n_jobs=2)", lambda: cluster.DBSCAN(eps=1, min_samples=10, n_jobs=2).fit(x)),
    "hdbscan": (
        "HDBSCAN(min_cluster_size=50, n_jobs=2)",
        lambda: cluster.HDBSCAN(min_cluster_size=50, n_jobs=2, copy=True).fit(x),
    ),
    "ward": ("AgglomerativeClustering(8)", lambda: cluster.AgglomerativeClustering(8).fit(x)),
    "silhouette": ("silhouette_score", lambda: metrics.silhouette_score(x, labels)),
}
words, work = works[sys.argv[2]]
serve(f"scikit-learn {sklearn.__version__} {words}, {x.shape[0]} x {x.shape[1]}", work)
