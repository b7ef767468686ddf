"""Golden values for src/stats and src/detect, from NumPy, pandas and SciPy.

    node scripts/run.mjs scripts/golden.ts --only stats

Inputs are part of the file, so that the tests need no Python. Missing values are null. "exact" values come from
rational arithmetic, where floating point itself is what is tested.
"""
import json
from fractions import Fraction

import numpy as np
import pandas as pd
from scipy import stats


def clean(values):
    return [None if v is None or not np.isfinite(v) else float(v) for v in values]


def series():
    rng = np.random.default_rng(20220822)
    noise = rng.normal(50, 10, 60)
    gaps = noise.copy()
    gaps[rng.random(60) < 0.15] = np.nan
    gaps[28:43] = np.nan
    spike = noise.copy()
    spike[20] = 1e6
    steps = np.repeat([3.0, 3.0, 7.0, 3.0, 3.0, 3.0], 10)
    return {
        "noise": noise,
        "gaps": gaps,
        "offset": gaps / 50 + 1e9,
        "spike": spike,
        "steps": steps,
        "ties": np.round(gaps / 10),
        "shift": np.concatenate([noise[:30], noise[30:] + 1e7]),
    }


def exact_z(values, window, min_points):
    """(x - mean) / sample deviation of each window, rounded once."""
    out = []
    for i, x in enumerate(values):
        held = [Fraction(float(v)) for v in values[max(0, i - window + 1):i + 1] if not np.isnan(v)]
        n = len(held)
        if np.isnan(x) or n < max(2, min_points):
            out.append(None)
            continue
        mean = sum(held) / n
        variance = sum((v - mean) ** 2 for v in held) / (n - 1)
        out.append(None if variance == 0 else float(Fraction(float(x)) - mean) / float(variance) ** 0.5)
    return out


def main():
    window, min_points = 12, 5
    golden = {"window": window, "minPoints": min_points, "series": {}, "widening": []}
    for name, values in series().items():
        held = values[~np.isnan(values)]
        s = pd.Series(values)
        rolling = s.rolling(window, min_periods=min_points)
        medians = rolling.median().values
        mads = rolling.apply(lambda w: np.median(np.abs(w[~np.isnan(w)] - np.median(w[~np.isnan(w)]))), raw=True).values
        ewm = s.dropna().ewm(halflife=6, adjust=True)
        golden["series"][name] = {
            "values": clean(values),
            "quantiles": {str(q): float(np.quantile(held, q)) for q in (0, 0.1, 0.25, 0.5, 0.75, 0.9, 1)},
            "median": float(np.median(held)),
            "mad": float(stats.median_abs_deviation(held)),
            "iqr": float(stats.iqr(held)),
            "rollingZScore": exact_z(values, window, min_points),
            "pandasZScore": clean(((s - rolling.mean()) / rolling.std()).values),
            "rollingMean": clean(rolling.mean().values),
            "rollingMedian": clean(medians),
            "rollingMad": clean(mads),
            "ewmMean": clean(ewm.mean().values),
            "ewmStd": clean(ewm.std().values),
        }
    tail = stats.norm.sf(3)
    for degrees in (9, 15, 19, 23, 59, 119, 479):
        golden["widening"].append({"degrees": degrees, "factor": float(stats.t.isf(tail, degrees) / 3)})
    print(json.dumps(golden, separators=(",", ":")))


main()
