from common import encoded, need, nsl_kdd, serve

need("numpy", "pandas", "scikit-learn")
import numpy as np
import sklearn
from sklearn.neighbors import KernelDensity

train, y = nsl_kdd("train")
benign = encoded(train[y == 0], train, y == 0)
benign = benign[np.sort(np.random.default_rng(42).choice(len(benign), 5_000, replace=False))]
test = encoded(nsl_kdd("test")[0], train, y == 0)
serve(
    f"scikit-learn {sklearn.__version__} KernelDensity(bandwidth=1), exact, fit {benign.shape[0]} and score {test.shape[0]} x {test.shape[1]} float64",
    lambda: KernelDensity(bandwidth=1).fit(benign).score_samples(test),
)
