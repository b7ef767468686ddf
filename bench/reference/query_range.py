"""The peer of bench/query-range.ts: the body of a range query to arrays by orjson and NumPy.

    query_range.py BODY_FILE

Lines as peer_loop.py has them. What is written: all times in milliseconds, then all values.
"""
import sys

import numpy as np
import orjson
from peer_loop import serve

with open(sys.argv[1], "rb") as file:
    body = file.read()


def by_orjson():
    columns = []
    for series in orjson.loads(body)["data"]["result"]:
        times, values = zip(*series["values"])
        columns.append((np.rint(np.array(times, dtype=np.float64) * 1000), np.array(list(map(float, values)))))
    return columns


def flat(columns):
    return np.concatenate([times for times, _ in columns] + [values for _, values in columns])


serve({"orjson": by_orjson}, flatten=flat, orjson=orjson.__version__, numpy=np.__version__)
