from common import need, serve, standardised

need("numpy", "pandas", "scikit-learn")
import numpy as np
import sklearn
from sklearn.neighbors import LocalOutlierFactor

train, y = standardised("train", lambda labels: labels == 0)
benign = train[y == 0]
benign = benign[np.sort(np.random.default_rng(42).choice(len(benign), 10_000, replace=False))]
test, _ = standardised("test", lambda labels: labels == 0)
serve(
    f"scikit-learn {sklearn.__version__} LocalOutlierFactor(20, novelty, n_jobs=2), fit {benign.shape[0]} and score {test.shape[0]} x {test.shape[1]} float64",
    lambda: LocalOutlierFactor(20, novelty=True, n_jobs=2).fit(benign).score_samples(test),
)
