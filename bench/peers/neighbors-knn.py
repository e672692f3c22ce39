from common import need, serve, standardised

need("numpy", "pandas", "scikit-learn")
import numpy as np
import sklearn
from sklearn.neighbors import KNeighborsClassifier

train, y = standardised("train")
test, _ = standardised("test")
train, test = train.astype(np.float32), test.astype(np.float32)
serve(
    f"scikit-learn {sklearn.__version__} KNeighborsClassifier(5, brute, n_jobs=2), fit and predict_proba, {test.shape[0]} of {train.shape[0]} x {train.shape[1]} float32",
    lambda: KNeighborsClassifier(5, algorithm="brute", n_jobs=2).fit(train, y).predict_proba(test),
)
