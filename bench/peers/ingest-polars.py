import os
import sys

from common import need, serve

need("polars")
import polars as pl

source = sys.argv[1]
out = os.path.join(os.path.dirname(source), "peer.parquet")


def work():
    pl.scan_csv(source, infer_schema_length=20_000).sink_parquet(out)
    os.remove(out)


serve(f"polars {pl.__version__}, {pl.thread_pool_size()} threads: scan_csv to sink_parquet", work)
