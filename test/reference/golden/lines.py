"""Golden values of src/stats/theil-sen.ts, least-squares.ts and polynomial.ts, from SciPy, NumPy and scikit-learn."""
import json

import numpy as np
from scipy import stats
from sklearn.linear_model import Ridge


def clean(values):
    return [None if not np.isfinite(v) else float(v) for v in np.ravel(values)]


def theil_sen():
    rng = np.random.default_rng(1950)
    x = np.arange(40.0)
    for name, xs, ys in [
        ("line", x, 3 + 0.5 * x + rng.normal(size=40)),
        ("outliers", x, np.where(rng.random(40) < 0.2, 1000, 2 - 0.1 * x) + rng.normal(size=40)),
        ("ties", np.floor(x / 3), np.round(rng.normal(size=40))),
        ("even", x[:7], rng.normal(size=7)),
    ]:
        fit = stats.theilslopes(ys, xs)
        yield {"name": name, "x": clean(xs), "y": clean(ys), "slope": fit.slope, "intercept": fit.intercept}


def least_squares():
    rng = np.random.default_rng(1805)
    for name, rows, cols, scale in [("square", 4, 4, 1), ("tall", 30, 5, 1), ("ill", 40, 6, 1e-5), ("one", 12, 1, 1)]:
        a = rng.normal(size=(rows, cols))
        # Nearly dependent columns.
        a[:, -1] = a[:, 0] + scale * a[:, -1] if cols > 1 else a[:, -1]
        b = a @ rng.normal(size=cols) + 0.1 * rng.normal(size=rows)
        weights = rng.random(rows) + 0.1
        root = np.sqrt(weights)
        plain = np.linalg.lstsq(a, b, rcond=None)[0]
        weighted = np.linalg.lstsq(a * root[:, None], b * root, rcond=None)[0]
        ridge = Ridge(alpha=0.7, fit_intercept=False, solver="svd").fit(a, b).coef_
        yield {
            "name": name, "rows": rows, "cols": cols, "matrix": clean(a), "values": clean(b), "weights": clean(weights),
            "plain": clean(plain), "weighted": clean(weighted), "ridge": clean(ridge),
            "residual": float(np.sum((b - a @ plain) ** 2)),
        }


def polynomials():
    rng = np.random.default_rng(1957)
    x = 1.7e9 + 60 * np.arange(50)
    for degree in (0, 1, 2, 3, 7):
        t = (x - x.mean()) / 1500
        y = np.polynomial.polynomial.polyval(t, rng.normal(size=degree + 1)) + 0.1 * rng.normal(size=50) + 100
        weights = rng.random(50) + 0.2
        at = np.concatenate([x[:3] + 7, x[-1] + np.array([60, 600])])
        plain = np.polynomial.Polynomial.fit(x, y, degree)
        weighted = np.polynomial.Polynomial.fit(x, y, degree, w=np.sqrt(weights))
        yield {
            "degree": degree, "x": clean(x), "y": clean(y), "weights": clean(weights), "at": clean(at),
            "plain": clean(plain(at)), "weighted": clean(weighted(at)),
        }


golden = {"theilSen": list(theil_sen()), "leastSquares": list(least_squares()), "polynomials": list(polynomials())}
print(json.dumps(golden, separators=(",", ":")))
