import sys

from common import need, nsl_kdd, serve

need("numpy", "pandas", "scikit-learn")
import sklearn
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.tree import DecisionTreeClassifier

x, y = nsl_kdd("train")
works = {
    "decision-tree": ("DecisionTreeClassifier()", lambda: DecisionTreeClassifier(random_state=42).fit(x, y)),
    "extra-trees": (
        "ExtraTreesClassifier(100, n_jobs=2)",
        lambda: ExtraTreesClassifier(100, n_jobs=2, random_state=42).fit(x, y),
    ),
}
words, work = works[sys.argv[2]]
serve(f"scikit-learn {sklearn.__version__} {words}, fit, {x.shape[0]} x {x.shape[1]} ordinal float32", work)
