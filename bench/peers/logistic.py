"""The peer of bench/cases/logistic.mjs: scikit-learn's LogisticRegression on the same columns.

python bench/peers/logistic.py DATA_DIR prints "ready"; then each line "run" on stdin fits once and prints the seconds.
"""

import gzip
import sys
import time
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression


def load(folder):
    with gzip.open(Path(folder) / "KDDTrain+.txt.gz", "rt", encoding="latin1") as file:
        rows = [line.strip().split(",") for line in file]
    table = np.array(rows, dtype=object)
    columns = [(table[:, j] == level).astype(float) for j in (1, 2, 3) for level in sorted(set(table[:, j]))]
    for j in range(41):
        if j in (1, 2, 3):
            continue
        x = table[:, j].astype(float)
        columns.append((x - x.mean()) / (x.std() or 1))
    return np.column_stack(columns), (table[:, 41] != "normal").astype(int)


X, y = load(sys.argv[1])
print("ready", flush=True)
for line in sys.stdin:
    if line.strip() != "run":
        break
    start = time.perf_counter()
    LogisticRegression(C=1, max_iter=1000).fit(X, y)
    print(time.perf_counter() - start, flush=True)
