from common import need, nsl_kdd, serve

need("numpy", "pandas", "lightgbm")
import lightgbm

x, y = nsl_kdd("train")
params = {
    "objective": "binary",
    "num_leaves": 31,
    "learning_rate": 0.1,
    "num_threads": 2,
    "seed": 42,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}
serve(
    f"lightgbm {lightgbm.__version__}, 200 x 31 leaves, learning_rate 0.1, 2 threads, Dataset and fit, {x.shape[0]} x {x.shape[1]}",
    lambda: lightgbm.train(params, lightgbm.Dataset(x, y), 200),
)
