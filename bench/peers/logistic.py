from common import need, nsl_kdd, serve

need("numpy", "pandas", "scikit-learn")
import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression

x, y = nsl_kdd("train")
columns = []
for j in range(x.shape[1]):
    values = x[:, j].astype(np.float64)
    if j in (1, 2, 3):
        columns += [(values == level).astype(np.float64) for level in np.unique(values)]
    else:
        columns.append((values - values.mean()) / (values.std() or 1))
x = np.column_stack(columns)
serve(
    f"scikit-learn {sklearn.__version__} LogisticRegression(C=1, max_iter=1000), lbfgs, tol 1e-4, fit, {x.shape[0]} x {x.shape[1]} float64",
    lambda: LogisticRegression(C=1, max_iter=1000).fit(x, y),
)
