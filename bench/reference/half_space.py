"""The peer of bench/speed/half-space.ts (P3): river's half-space trees on a stream.

    half_space.py FILE ROWS FARTHEST TREES HEIGHT WINDOW SEEDS

The file holds float64, row by row; values mostly lie between -FARTHEST and FARTHEST. Each row is scored and then learnt. river
does so with new trees for each seed, and the result is the scores of each; river-timed goes on with the last seed's trees.
"""
import gc
import sys

import numpy as np
import river
from river.anomaly import HalfSpaceTrees

from peer_loop import serve

count, farthest, trees, height, window, seeds = int(sys.argv[2]), float(sys.argv[3]), *map(int, sys.argv[4:8])
rows = [dict(enumerate(row)) for row in np.fromfile(sys.argv[1]).reshape(count, -1).tolist()]
limits = {col: (-farthest, farthest) for col in rows[0]}
model = None
# Nodes are millions of objects, none of them garbage: they need not be looked at again and again. It is four times as fast.
gc.disable()


def stream():
    scores = np.empty(count)
    for index, row in enumerate(rows):
        scores[index] = model.score_one(row)
        model.learn_one(row)
    return scores


def all_seeds():
    global model
    scores = []
    for seed in range(seeds):
        model = HalfSpaceTrees(n_trees=trees, height=height, window_size=window, limits=limits, seed=seed)
        scores.append(stream())
    return np.concatenate(scores)


serve({"river": all_seeds, "river-timed": stream}, river=river.__version__)
