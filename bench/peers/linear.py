import sys

from common import need, serve, standardised

need("numpy", "pandas", "scikit-learn")
import sklearn
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression, Perceptron, SGDClassifier
from sklearn.naive_bayes import BernoulliNB, GaussianNB
from sklearn.svm import LinearSVC

makers = {
    "svm": ("LinearSVC(C=1, dual=False), tol 1e-4", lambda: LinearSVC(C=1, dual=False)),
    "svm-sigmoid": (
        "CalibratedClassifierCV(LinearSVC(C=1, dual=False), cv=3)",
        lambda: CalibratedClassifierCV(LinearSVC(C=1, dual=False), cv=3),
    ),
    "gaussian-nb": ("GaussianNB()", GaussianNB),
    "bernoulli-nb": ("BernoulliNB()", BernoulliNB),
    "logistic-l1": (
        "LogisticRegression(C=1, L1), liblinear, tol 1e-4",
        lambda: LogisticRegression(C=1, l1_ratio=1, solver="liblinear"),
    ),
    "sgd": (
        "SGDClassifier(hinge), 5 epochs",
        lambda: SGDClassifier(loss="hinge", max_iter=5, tol=None, random_state=42),
    ),
    "sgd-log": (
        "SGDClassifier(log_loss), 5 epochs",
        lambda: SGDClassifier(loss="log_loss", max_iter=5, tol=None, random_state=42),
    ),
    "perceptron": ("Perceptron(), 5 epochs", lambda: Perceptron(max_iter=5, tol=None, random_state=42)),
    "passive-aggressive": (
        "SGDClassifier(hinge, pa1), 5 epochs",
        lambda: SGDClassifier(
            loss="hinge", penalty=None, learning_rate="pa1", eta0=1, max_iter=5, tol=None, random_state=42
        ),
    ),
}
name, make = makers[sys.argv[2]]
x, y = standardised("train")
serve(f"scikit-learn {sklearn.__version__} {name}, fit, {x.shape[0]} x {x.shape[1]} float64", lambda: make().fit(x, y))
