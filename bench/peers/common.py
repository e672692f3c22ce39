"""What the peers share: NSL-KDD as a float32 matrix, and the loop that times a piece of work on request."""

import importlib
import json
import os
import resource
import sys
import time


def need(*packages):
    """Packages by their pip names; when one is missing, say so and end."""
    names = {"scikit-learn": "sklearn"}
    missing = []
    for package in packages:
        try:
            importlib.import_module(names.get(package, package))
        except ImportError:
            missing.append(package)
    if missing:
        print(json.dumps({"missing": " ".join(missing)}), flush=True)
        sys.exit(0)


def nsl_kdd(part):
    """X (float32, text columns as codes of the sorted training levels, unseen -1) and y (1: attack)."""
    import numpy as np
    import pandas as pd

    def read(name):
        path = os.path.join(sys.argv[1], name)
        return pd.read_csv(path if os.path.exists(path) else path + ".gz", header=None)

    train = read("KDDTrain+.txt")
    frame = train if part == "train" else read("KDDTest+.txt")
    x = frame.iloc[:, :41].copy()
    for column in (1, 2, 3):
        x[column] = pd.Categorical(frame[column], categories=sorted(train[column].unique())).codes
    y = (frame[41] != "normal").astype(np.int32).to_numpy()
    return np.ascontiguousarray(x.to_numpy(dtype=np.float32)), y


def standardised(part, by=None):
    """A 0/1 column a level of each category, numbers less their mean by their deviation (float64), and y.

    `by` says of the training labels which rows' means and deviations count; default: all."""
    import numpy as np

    train, labels = nsl_kdd("train")
    x, y = (train, labels) if part == "train" else nsl_kdd(part)
    rows = slice(None) if by is None else by(labels)
    columns = []
    for j in range(x.shape[1]):
        values = x[:, j].astype(np.float64)
        own = train[:, j].astype(np.float64)
        if j in (1, 2, 3):
            columns += [(values == level).astype(np.float64) for level in np.unique(own)]
        else:
            columns.append((values - own[rows].mean()) / (own[rows].std() or 1))
    return np.column_stack(columns), y


def requests():
    """One item for each run that is asked for; the peak of memory, in MB, is printed here when a line asks for it."""
    for line in sys.stdin:
        if line.strip() == "peak":
            print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, flush=True)
        else:
            yield


def serve(settings, work):
    """Print the settings, then the seconds of `work()` for each run that is asked for."""
    print(json.dumps({"settings": settings}), flush=True)
    for _ in requests():
        start = time.perf_counter()
        work()
        print(time.perf_counter() - start, flush=True)
