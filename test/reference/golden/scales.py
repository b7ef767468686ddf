"""Golden values of src/stats/qn.ts, sn.ts, tau-scale.ts and huber.ts, from statsmodels; Sn by its definition in NumPy."""
import json

import numpy as np
from scipy import stats
from statsmodels.robust.scale import Huber, qn_scale, scale_tau


def sn(x):
    """1.1926 lomed_i himed_j |x_i - x_j|"""
    n = len(x)
    high = [np.sort(np.abs(x - each))[n // 2] for each in x]
    return 1.1926 * np.sort(high)[(n + 1) // 2 - 1]


rng = np.random.default_rng(1993)
samples = {
    "two": np.array([3.0, 5.0]),
    "three": np.array([3.0, 5.0, 11.0]),
    "normal": rng.normal(50, 10, 101),
    "even": rng.normal(size=64),
    "skewed": rng.lognormal(size=150),
    "wild": np.concatenate([rng.normal(size=60), 1e9 * rng.normal(size=40)]),
    "ties": np.round(rng.normal(size=80) * 2),
    "half the same": np.concatenate([np.zeros(50), rng.normal(size=50)]),
    "offset": 1e6 + rng.normal(size=75),
}
golden = []
for name, values in samples.items():
    location, scale = Huber(tol=1e-14, maxiter=1000)(values)
    mean, tau = scale_tau(values)
    golden.append({"name": name, "values": values.tolist(), "qn": float(qn_scale(values)), "sn": float(sn(values)),
                   "tau": {"location": float(mean), "scale": float(tau)},
                   "huber": {"location": float(location), "scale": float(scale)}})
c = 3 * stats.norm.ppf(0.75)
square = 2 * ((1 - c**2) * stats.norm.cdf(c) - c * stats.norm.pdf(c) + c**2) - 1
print(json.dumps({"samples": golden, "tauSquare": float(square), "huberSquare": float(Huber().gamma),
                  "qnSigma": float(1 / (np.sqrt(2) * stats.norm.ppf(5 / 8)))}, separators=(",", ":")))
