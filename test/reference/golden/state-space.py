"""Golden values of src/stats/kalman.ts, structural-model.ts, holt-winters.ts and arima.ts, from statsmodels."""
import json
import warnings

import numpy as np
from scipy.signal import lfilter
from statsmodels.tsa.holtwinters import ExponentialSmoothing
from statsmodels.tsa.statespace.sarimax import SARIMAX
from statsmodels.tsa.statespace.structural import UnobservedComponents

warnings.simplefilter("ignore")


def clean(values):
    return [None if not np.isfinite(v) else float(v) for v in values]


def series():
    rng = np.random.default_rng(1960)
    t = np.arange(90)
    values = 50 + np.cumsum(rng.normal(size=90)) + 4 * np.sin(t * 2 * np.pi / 7) + rng.normal(size=90)
    gaps = values.copy()
    gaps[[3, 20, 21, 22, 70]] = np.nan
    early = values.copy()
    early[[0, 2, 5]] = np.nan
    return {"whole": values, "gaps": gaps, "early gaps": early}


def structural():
    for name, options, params in [
        ("level", {"level": "llevel"}, [1.5, 0.4]),
        ("trend", {"level": "lltrend"}, [1.5, 0.4, 0.02]),
        ("season", {"level": "llevel", "seasonal": 7}, [1.5, 0.4, 0.1]),
        ("trend and season", {"level": "lltrend", "seasonal": 7}, [1.5, 0.4, 0.02, 0.1]),
    ]:
        for of, values in series().items():
            fit = UnobservedComponents(values, use_exact_diffuse=True, **options).smooth(params)
            diffuse = fit.filter_results.forecasts_error_diffuse_cov[0, 0] > 1e-9
            variances = np.where(diffuse, np.inf, fit.filter_results.forecasts_error_cov[0, 0])
            # statsmodels has no variance of its own for a missing point.
            yield {"name": name, "of": of, "params": params, "expected": clean(fit.filter_results.forecasts[0]),
                   "variances": clean(variances), "logLikelihood": float(fit.llf)}


def smoothing():
    values = series()["whole"]
    season = [3.0, 1.0, -2.0, -4.0, -1.0, 0.5, 2.5]
    for name, options, params in [
        ("level", {}, {"smoothing_level": 0.3}),
        ("trend", {"trend": "add"}, {"smoothing_level": 0.3, "smoothing_trend": 0.1}),
        ("damped", {"trend": "add", "damped_trend": True},
         {"smoothing_level": 0.3, "smoothing_trend": 0.1, "damping_trend": 0.9}),
        ("season", {"trend": "add", "damped_trend": True, "seasonal": "add", "seasonal_periods": 7},
         {"smoothing_level": 0.3, "smoothing_trend": 0.1, "damping_trend": 0.9, "smoothing_seasonal": 0.2}),
    ]:
        start = {"initial_level": 49.0}
        if "trend" in options:
            start["initial_trend"] = 0.2
        if "seasonal" in options:
            start["initial_seasonal"] = season
        model = ExponentialSmoothing(values, initialization_method="known", **options, **start)
        fit = model.fit(optimized=False, **params)
        yield {"name": name, "params": params, "season": season if "seasonal" in options else [],
               "trend": start.get("initial_trend", 0), "expected": clean(fit.fittedvalues), "forecast": clean(fit.forecast(10))}


def arima():
    for name, order, seasonal, params in [
        ("ar", (2, 0, 0), (0, 0, 0, 0), {"ar": [0.6, -0.2]}),
        ("ma", (0, 0, 2), (0, 0, 0, 0), {"ma": [0.5, 0.3]}),
        ("arma", (1, 0, 1), (0, 0, 0, 0), {"ar": [0.9], "ma": [-0.3]}),
        ("airline", (0, 1, 1), (0, 1, 1, 7), {"ma": [-0.4], "seasonalMa": [-0.6]}),
        ("all", (2, 1, 1), (1, 1, 1, 7), {"ar": [0.3, 0.1], "ma": [0.4], "seasonalAr": [0.5], "seasonalMa": [-0.7]}),
    ]:
        for of, values in series().items():
            centred = values - 50
            model = SARIMAX(centred, order=order, seasonal_order=seasonal, simple_differencing=True)
            flat = [v for key in ("ar", "ma", "seasonalAr", "seasonalMa") for v in params.get(key, [])]
            fit = model.filter([*flat, 1.7])
            row = {"name": name, "of": of, "order": [order[1], seasonal[1], seasonal[3]], "params": params,
                   "logLikelihood": float(fit.llf), "expected": clean(fit.filter_results.forecasts[0]),
                   "variances": clean(fit.filter_results.forecasts_error_cov[0, 0])}
            if of == "whole":
                row["conditional"] = clean(lfilter(fit.polynomial_reduced_ar, fit.polynomial_reduced_ma, model.endog[:, 0]))
            yield row


golden = {"series": {name: clean(values) for name, values in series().items()},
          "structural": list(structural()), "holtWinters": list(smoothing()), "arima": list(arima())}
print(json.dumps(golden, separators=(",", ":")))
