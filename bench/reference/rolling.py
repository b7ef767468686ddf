"""The peers of bench/speed/rolling.ts (P1, P2): rolling scores by pandas and by NumPy alone.

    rolling.py WINDOW MIN_POINTS Z_FILE Z_ROWS MAD_FILE MAD_ROWS COLS

Files hold float64, one series a row.
"""
import sys

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view

from peer_loop import serve

window, min_points = int(sys.argv[1]), int(sys.argv[2])
cols = int(sys.argv[7])
z_rows = np.fromfile(sys.argv[3]).reshape(int(sys.argv[4]), cols)
mad_rows = np.fromfile(sys.argv[5]).reshape(int(sys.argv[6]), cols)
# pandas rolls down columns: laid out for it beforehand, so that it need not transpose.
z_frame = pd.DataFrame(z_rows.T.copy())
mad_frame = pd.DataFrame(mad_rows.T.copy())


def pandas_z():
    rolling = z_frame.rolling(window, min_periods=min_points)
    return ((z_frame - rolling.mean()) / rolling.std()).values.T


def numpy_z():
    held = ~np.isnan(z_rows)
    values = np.where(held, z_rows, 0.0)

    def windows(a):
        sums = np.cumsum(a, axis=1)
        sums[:, window:] -= sums[:, :-window].copy()
        return sums

    count = windows(held.astype(np.float64))
    total = windows(values)
    squares = windows(values * values)
    with np.errstate(all="ignore"):
        mean = total / count
        score = (z_rows - mean) / np.sqrt((squares - total * mean) / (count - 1))
    score[count < min_points] = np.nan
    return score


def pandas_mad():
    return mad_frame.rolling(window).apply(lambda w: np.median(np.abs(w - np.median(w))), raw=True).values.T


def numpy_mad():
    """One series at a time: faster than all at once, whose windows do not fit into any cache."""
    out = np.full(mad_rows.shape, np.nan)
    for series, into in zip(mad_rows, out):
        windows = sliding_window_view(series, window)
        medians = np.median(windows, axis=1)
        into[window - 1:] = np.median(np.abs(windows - medians[:, None]), axis=1)
    return out


PEERS = {"pandas-z": pandas_z, "numpy-z": numpy_z, "pandas-mad": pandas_mad, "numpy-mad": numpy_mad}

serve(PEERS, pandas=pd.__version__, NumPy=np.__version__)
