from common import need, nsl_kdd, serve

need("numpy", "pandas", "scikit-learn", "xgboost")
import xgboost

x, y = nsl_kdd("train")
serve(
    f"xgboost {xgboost.__version__} hist, 200 x depth 6, learning_rate 0.1, 2 threads, fit, {x.shape[0]} x {x.shape[1]} ordinal float32",
    lambda: xgboost.XGBClassifier(
        n_estimators=200, max_depth=6, learning_rate=0.1, tree_method="hist", n_jobs=2, random_state=42
    ).fit(x, y),
)
