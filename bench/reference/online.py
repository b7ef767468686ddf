"""The peer of bench/speed/online.ts (P3): river's rolling statistics, one set for each series.

    online.py FILE SERIES WINDOW WIDENING

The file holds float64, a moment a row with a value for each series. All but the last rows are learnt before the first run; each
run then scores and learns the next of those that are left, beginning again after the last.
"""
import math
import sys

import numpy as np
import river
from river import stats, utils

from peer_loop import serve

count, window, widening = int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
moments = np.fromfile(sys.argv[1]).reshape(-1, count)
states = [utils.Rolling(stats.Var(), window_size=window) for _ in range(count)]
for moment in moments[:window]:
    for state, value in zip(states, moment.tolist()):
        state.update(value)
at = window


def step():
    global at
    scores = np.empty(count)
    for index, (state, value) in enumerate(zip(states, moments[at].tolist())):
        sigma = math.sqrt(state.get())
        scores[index] = (value - state.mean.get()) / (sigma * widening)
        state.update(value)
    at = at + 1 if at + 1 < len(moments) else window
    return scores


serve({"river": step}, river=river.__version__)
