"""The peer of bench/query-range.ts: the body of a range query to arrays by orjson and NumPy.

    query_range.py BODY_FILE

Reads one name of PEERS a line, runs it, and answers with a line of JSON: wall and CPU seconds. A name followed by a path
also writes the result there: float64, all times in milliseconds, then all values.
"""
import json
import sys
import time

import numpy as np
import orjson

with open(sys.argv[1], "rb") as file:
    body = file.read()


def by_orjson():
    columns = []
    for series in orjson.loads(body)["data"]["result"]:
        times, values = zip(*series["values"])
        columns.append((np.rint(np.array(times, dtype=np.float64) * 1000), np.array(list(map(float, values)))))
    return columns


PEERS = {"orjson": by_orjson}

print(json.dumps({"python": sys.version.split()[0], "orjson": orjson.__version__, "numpy": np.__version__}), flush=True)
for line in sys.stdin:
    name, _, path = line.strip().partition(" ")
    wall, cpu = time.perf_counter(), time.process_time()
    result = PEERS[name]()
    took = {"wallSeconds": time.perf_counter() - wall, "cpuSeconds": time.process_time() - cpu}
    if path:
        np.concatenate([times for times, _ in result] + [values for _, values in result]).tofile(path)
    print(json.dumps(took), flush=True)
