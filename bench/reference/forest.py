"""The peers of bench/speed/forest.ts (P5): isolation forests of scikit-learn and PyOD.

    forest.py FILE ROWS SEEDS

The file holds float64, row by row. A forest of 100 trees is grown and scores all rows, once for each seed; the result is the
scores of each, the larger the odder.
"""
import sys

import numpy as np
import pyod.version
import sklearn
from pyod.models.iforest import IForest
from sklearn.ensemble import IsolationForest

from peer_loop import serve

rows = int(sys.argv[2])
matrix = np.fromfile(sys.argv[1]).reshape(rows, -1)
seeds = range(int(sys.argv[3]))


def scikit():
    return np.concatenate([
        -IsolationForest(n_estimators=100, random_state=seed, n_jobs=1).fit(matrix).score_samples(matrix) for seed in seeds
    ])


def pyod_forest():
    return np.concatenate([
        IForest(n_estimators=100, random_state=seed, n_jobs=1).fit(matrix).decision_scores_ for seed in seeds
    ])


serve(
    {"scikit-learn": scikit, "PyOD": pyod_forest},
    **{"scikit-learn": sklearn.__version__, "PyOD": pyod.version.__version__},
)
