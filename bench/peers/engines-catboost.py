from common import need, nsl_kdd, serve

need("numpy", "pandas", "catboost")
import catboost

x, y = nsl_kdd("train")
params = {"iterations": 200, "depth": 6, "learning_rate": 0.1, "thread_count": 2, "random_seed": 42}
serve(
    f"catboost {catboost.__version__}, 200 x depth 6, learning_rate 0.1, 2 threads, Pool and fit, {x.shape[0]} x {x.shape[1]}",
    lambda: catboost.CatBoostClassifier(logging_level="Silent", allow_writing_files=False, **params).fit(
        catboost.Pool(x, y)
    ),
)
