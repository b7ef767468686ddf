"""Golden values of src/stats/log-gamma.ts, erf.ts, normal.ts, incomplete-gamma.ts and the rest, from SciPy. A row is
arguments, then values. Each tail is asked of the function that computes it, not by subtraction."""
import json

import numpy as np
from scipy import special, stats


def rows(functions, *arguments):
    out = []
    for point in zip(*(np.ravel(a) for a in np.broadcast_arrays(*np.ix_(*arguments)))):
        values = [float(f(*point)) for f in functions]
        # Subnormal numbers have no digits to compare.
        if all(np.isfinite(values)) and all(v == 0 or abs(v) > 1e-290 for v in values):
            out.append([*map(float, point), *values])
    return out


near = np.array([1e-10, 0.001, 0.1, 0.5, 0.9, 0.999999, 1, 1.0001, 1.3, 1.5, 1.9, 2, 2.00001, 2.4, 2.5, 3, 5, 9.99, 10,
                 30.5, 171, 1000, 1e6, 1e10])
z = np.array([-37, -20, -8, -5, -3, -1, -0.6, -0.1, 0, 1e-8, 0.3, 0.66, 0.67, 1, 2, 3, 5, 5.6, 5.7, 8, 20, 37])
p = np.array([1e-280, 1e-100, 1e-20, 1e-9, 0.00135, 0.025, 0.07, 0.075, 0.3, 0.5, 0.77, 0.925, 0.95, 0.99, 1 - 1e-9])
a = np.array([0.01, 0.5, 1, 3.5, 10, 100, 1000.5, 1e5, 1e6])
ratio = np.array([0.001, 0.3, 0.7, 0.9, 0.97, 0.999, 1, 1.001, 1.03, 1.1, 1.5, 3])
b = np.array([0.1, 0.5, 1, 4, 30.5, 1000, 1e5])
x = np.array([1e-10, 0.001, 0.1, 0.4, 0.5, 0.75, 0.99])
t = np.array([0, 0.01, 0.5, 1, 2.5, 3, 6, 12, 50, 1e4])
degrees = np.array([0.5, 1, 2, 3, 5, 9.5, 30, 300, 1e5])
tail = np.array([1e-100, 1e-20, 1e-6, 0.00135, 0.025, 0.2, 0.4, 0.49, 0.6, 0.9, 0.999])
means = np.array([0.01, 0.5, 3, 40, 1000, 1e5])
sizes = np.array([0.1, 1, 7.5, 100, 1e5])


def counts(mean):
    return sorted({0, 1, 2, 5, round(mean), *(max(0, round(mean + k * mean**0.5)) for k in (-5, -3, 3, 6, 12))})


poisson = [r for mean in means for r in rows(
    [lambda k, m: stats.poisson.sf(k - 1, m), stats.poisson.cdf], np.array(counts(mean)), np.array([mean]))]
negative = [r for mean in means for size in sizes for r in rows(
    [lambda k, m, s: special.betainc(k, s, m / (m + s)) if k > 0 else 1.0,
     lambda k, m, s: special.betaincc(k + 1, s, m / (m + s))],
    np.array(counts(mean)), np.array([mean]), np.array([size]))]
print(json.dumps({
    "logGamma": rows([special.gammaln], near),
    "erf": rows([special.erf, special.erfc], np.array([-5, -1, -0.4, 0, 1e-9, 0.3, 0.46, 0.47, 1, 2, 3.9, 4, 4.1, 9, 25])),
    "normal": rows([stats.norm.cdf, stats.norm.sf, stats.norm.pdf], z),
    "normalQuantile": rows([special.ndtri], p),
    "gamma": [r for each in a for r in rows([special.gammainc, special.gammaincc], np.array([each]), each * ratio)],
    "beta": rows([special.betainc, special.betaincc], b, b, x),
    "student": rows([lambda t, d: special.stdtr(d, -t), stats.t.pdf], t, degrees),
    # SciPy's quantiles of few degrees are not always the inverse of its tails.
    "studentQuantile": [r for r in rows([stats.t.isf], tail, degrees) if abs(stats.t.sf(r[2], r[1]) / r[0] - 1) < 1e-12],
    "chiSquared": rows([stats.chi2.cdf, stats.chi2.sf], np.array([0.1, 1, 3, 10, 40, 100, 250]), np.array([0.3, 1, 2, 5, 30, 120])),
    "chiSquaredQuantile": rows([stats.chi2.ppf, stats.chi2.isf], tail, np.array([0.3, 1, 2, 5, 30, 120, 1e4])),
    "poisson": poisson,
    "negativeBinomial": negative,
}, separators=(",", ":")))
