from common import need, serve, standardised

need("numpy", "pandas", "scikit-learn")
import sklearn
from sklearn.linear_model import LogisticRegression

x, y = standardised("train")
serve(
    f"scikit-learn {sklearn.__version__} LogisticRegression(C=1, max_iter=1000), lbfgs, tol 1e-4, fit, {x.shape[0]} x {x.shape[1]} float64",
    lambda: LogisticRegression(C=1, max_iter=1000).fit(x, y),
)
