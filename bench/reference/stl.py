"""The peer of bench/speed/stl.ts (P4): statsmodels' STL.

    stl.py FILE PERIOD TIMES

The file holds one series in float64; it is decomposed TIMES over. The result is season, then trend.
"""
import sys

import numpy as np
import statsmodels
from statsmodels.tsa.seasonal import STL

from peer_loop import serve

values = np.fromfile(sys.argv[1])
period, times = int(sys.argv[2]), int(sys.argv[3])


def decompose():
    for _ in range(times):
        found = STL(values, period=period).fit()
    return np.concatenate([found.seasonal, found.trend])


serve({"statsmodels": decompose}, statsmodels=statsmodels.__version__)
