"""Golden values of src/stats/half-space-trees.ts, from river: the counts of a window in river's own trees, and its scores.

Trees are laid out as ours are: node 1 is the root, and 2n and 2n + 1 are the children of n.
"""
import json

import numpy as np
from river.anomaly import HalfSpaceTrees

TREES, HEIGHT, WINDOW, COLS = 5, 5, 60, 3
rng = np.random.default_rng(2011)
rows = np.round(np.concatenate([rng.normal(0.5, 0.12, size=(WINDOW, COLS)), rng.uniform(-0.2, 1.2, size=(40, COLS))]), 6)
model = HalfSpaceTrees(n_trees=TREES, height=HEIGHT, window_size=WINDOW, seed=1)
dicts = [dict(enumerate(row)) for row in rows.tolist()]
for row in dicts[:WINDOW]:
    model.learn_one(row)
features, thresholds, masses = [], [], []
for tree in model.trees:
    heap = {1: tree}
    for node in range(1, 2**HEIGHT):
        heap[2 * node], heap[2 * node + 1] = heap[node].children
    features += [0] + [heap[node].feature for node in range(1, 2**HEIGHT)]
    thresholds += [0] + [heap[node].threshold for node in range(1, 2**HEIGHT)]
    masses += [0] + [heap[node].r_mass for node in range(1, 2 ** (HEIGHT + 1))]
print(json.dumps({"trees": TREES, "height": HEIGHT, "window": WINDOW, "cols": COLS, "values": rows.ravel().tolist(),
                  "features": features, "thresholds": thresholds, "masses": masses,
                  "scores": [model.score_one(row) for row in dicts]}, separators=(",", ":")))
