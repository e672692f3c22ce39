from common import need, nsl_kdd, serve

need("numpy", "pandas", "scikit-learn")
import sklearn
from sklearn.ensemble import RandomForestClassifier

x, y = nsl_kdd("train")
serve(
    f"scikit-learn {sklearn.__version__} RandomForestClassifier(100, n_jobs=2), fit, {x.shape[0]} x {x.shape[1]} ordinal float32",
    lambda: RandomForestClassifier(100, n_jobs=2, random_state=42).fit(x, y),
)
