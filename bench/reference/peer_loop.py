"""What every peer does: says which versions run, then runs what is named, a line each.

A line holds a name of `peers`; a name followed by a path also writes the result there (float64), as `flatten` makes one array of
it. The answer is a line of JSON: wall and CPU seconds of the peer alone.
"""
import json
import sys
import time

import numpy as np


def serve(peers, flatten=lambda result: result, **versions):
    print(json.dumps({"python": sys.version.split()[0], **versions}), flush=True)
    for line in sys.stdin:
        name, _, path = line.strip().partition(" ")
        wall, cpu = time.perf_counter(), time.process_time()
        result = peers[name]()
        took = {"wallSeconds": time.perf_counter() - wall, "cpuSeconds": time.process_time() - cpu}
        if path:
            np.ascontiguousarray(flatten(result), dtype=np.float64).tofile(path)
        print(json.dumps(took), flush=True)
