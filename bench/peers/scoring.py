from common import need, nsl_kdd, serve

need("numpy", "pandas", "scikit-learn")
import numpy as np
import sklearn
from sklearn.ensemble import RandomForestClassifier

x, y = nsl_kdd("train")
test, _ = nsl_kdd("test")
rows = test[np.random.default_rng(42).integers(0, len(test), 1_000_000)]
forest = RandomForestClassifier(100, n_jobs=2, random_state=42).fit(x, y)
serve(
    f"scikit-learn {sklearn.__version__} RandomForestClassifier(100).predict_proba(n_jobs=2), 1,000,000 x 41 float32",
    lambda: forest.predict_proba(rows),
)
