from common import need, serve, standardised

need("numpy", "pandas", "scikit-learn")
import numpy as np
import sklearn
from sklearn.semi_supervised import LabelSpreading

train, y = standardised("train")
test, _ = standardised("test")
rng = np.random.default_rng(42)
rows = np.sort(rng.choice(len(train), 20_000, replace=False))
x, y = train[rows], np.where(rng.random(len(rows)) < 0.1, y[rows], -1)
serve(
    f"scikit-learn {sklearn.__version__} LabelSpreading(knn, 7, alpha=0.9, n_jobs=2), fit {len(x)} and predict_proba of {test.shape[0]} x {test.shape[1]} float64",
    lambda: LabelSpreading("knn", n_neighbors=7, alpha=0.9, max_iter=1000, n_jobs=2).fit(x, y).predict_proba(test),
)
