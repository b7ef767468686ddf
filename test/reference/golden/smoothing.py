"""Golden values of src/stats/loess.ts and stl.ts, from statsmodels; degrees 0 and 2 of loess from NumPy's polyfit."""
import json

import numpy as np
from statsmodels.nonparametric.smoothers_lowess import lowess
from statsmodels.tsa.seasonal import STL


def clean(values):
    return [None if not np.isfinite(v) else float(v) for v in values]


def local(x, y, span, degree):
    """Plain local fits, each by NumPy's own least squares."""
    out = []
    for at in x:
        near = np.argsort(np.abs(x - at), kind="stable")[:span]
        radius = np.max(np.abs(x[near] - at))
        weights = (1 - (np.abs(x[near] - at) / radius) ** 3) ** 3
        held = weights > 0
        fit = np.polynomial.polynomial.polyfit(x[near][held] - at, y[near][held], degree, w=np.sqrt(weights[held]))
        out.append(fit[0])
    return clean(out)


def curves():
    rng = np.random.default_rng(1979)
    even = np.arange(60.0)
    uneven = np.sort(rng.random(50) * 1000)
    for name, x in (("even", even), ("uneven", uneven)):
        y = np.sin(x / x[-1] * 6) + 0.2 * rng.normal(size=len(x))
        y[rng.random(len(x)) < 0.1] += 10
        # Where robust weights leave one point in a window statsmodels gives up and returns y itself: not with these spans.
        for span in (17, 25, len(x)):
            fits = {
                str(rounds): clean(lowess(y, x, frac=span / len(x), it=rounds, delta=0, return_sorted=False))
                for rounds in (0, 1, 3)
            }
            yield {"name": name, "span": span, "x": clean(x), "y": clean(y), "lowess": fits,
                   "constant": local(x, y, span, 0), "parabola": local(x, y, span, 2)}


def decompositions():
    rng = np.random.default_rng(1990)
    t = np.arange(180)
    values = 10 + 0.05 * t + 3 * np.sin(t * 2 * np.pi / 12) + rng.normal(size=180)
    values[rng.random(180) < 0.05] += 20
    for name, options in {
        "plain": {},
        "robust": {"robust": True},
        "wide season": {"seasonal": 35, "trend": 23, "low_pass": 15},
        "constants": {"seasonal_deg": 0, "trend_deg": 0, "low_pass_deg": 0, "robust": True},
        "jumps": {"seasonal": 13, "seasonal_jump": 2, "trend_jump": 3, "low_pass_jump": 4},
        "other period": {"period": 25},
    }.items():
        fit = STL(values, **{"period": 12, **options}).fit()
        yield {"name": name, "values": clean(values), "options": options, "seasonal": clean(fit.seasonal),
               "trend": clean(fit.trend), "residual": clean(fit.resid), "weights": clean(fit.weights)}


print(json.dumps({"loess": list(curves()), "stl": list(decompositions())}, separators=(",", ":")))
