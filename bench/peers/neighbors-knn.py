from common import encoded, need, nsl_kdd, serve

need("numpy", "pandas", "scikit-learn")
import numpy as np
import sklearn
from sklearn.neighbors import KNeighborsClassifier

train, y = nsl_kdd("train")
test = encoded(nsl_kdd("test")[0], train).astype(np.float32)
train = encoded(train).astype(np.float32)
serve(
    f"scikit-learn {sklearn.__version__} KNeighborsClassifier(5, brute, n_jobs=2), fit and predict_proba, {test.shape[0]} of {train.shape[0]} x {train.shape[1]} float32",
    lambda: KNeighborsClassifier(5, algorithm="brute", n_jobs=2).fit(train, y).predict_proba(test),
)
