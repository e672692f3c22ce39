import os
import sys

from common import need, serve

need("pandas", "pyarrow")
import pandas as pd

source = sys.argv[1]
out = os.path.join(os.path.dirname(source), "peer.parquet")


def work():
    pd.read_csv(source).to_parquet(out)
    os.remove(out)


serve(f"pandas {pd.__version__}: read_csv and to_parquet", work)
