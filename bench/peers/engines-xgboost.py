from common import need, nsl_kdd, serve

need("numpy", "pandas", "xgboost")
import xgboost

x, y = nsl_kdd("train")
params = {"objective": "binary:logistic", "tree_method": "hist", "max_depth": 6, "eta": 0.1, "nthread": 2, "seed": 42}
serve(
    f"xgboost {xgboost.__version__}, 200 x depth 6, learning_rate 0.1, 2 threads, DMatrix and fit, {x.shape[0]} x {x.shape[1]}",
    lambda: xgboost.train(params, xgboost.DMatrix(x, y), 200),
)
