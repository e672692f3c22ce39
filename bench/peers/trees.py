from common import need, nsl_kdd, serve

need("numpy", "pandas", "scikit-learn")
import sklearn
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.tree import DecisionTreeClassifier

x, y = nsl_kdd("train")


def fit():
    DecisionTreeClassifier(random_state=42).fit(x, y)
    ExtraTreesClassifier(100, n_jobs=2, random_state=42).fit(x, y)


serve(
    f"scikit-learn {sklearn.__version__} DecisionTreeClassifier and ExtraTreesClassifier(100, n_jobs=2), fit, "
    f"{x.shape[0]} x {x.shape[1]} ordinal float32",
    fit,
)
