"""Golden values of src/stats/fft.ts, real-fft.ts and autocorrelation.ts, from SciPy and statsmodels. Missing is null."""
import json

import numpy as np
from scipy import fft
from statsmodels.tsa.stattools import acf


def clean(values):
    return [None if not np.isfinite(v) else float(v) for v in values]


def transforms():
    rng = np.random.default_rng(1965)
    for length in (1, 2, 3, 4, 5, 7, 8, 12, 16, 31, 60, 64, 97, 128, 144, 201):
        values = 10 + rng.normal(size=length) * 5
        spectrum = fft.rfft(values)
        yield {"values": clean(values), "real": clean(spectrum.real), "imaginary": clean(spectrum.imag)}


def complex_transforms():
    rng = np.random.default_rng(1984)
    for length in (1, 2, 6, 8, 15, 32):
        values = rng.normal(size=length) + 1j * rng.normal(size=length)
        spectrum = fft.fft(values)
        yield {
            "real": clean(values.real),
            "imaginary": clean(values.imag),
            "toReal": clean(spectrum.real),
            "toImaginary": clean(spectrum.imag),
        }


def correlations():
    rng = np.random.default_rng(1976)
    wave = np.sin(np.arange(150) * 2 * np.pi / 12) + rng.normal(size=150) + 100
    gaps = wave.copy()
    gaps[rng.random(150) < 0.2] = np.nan
    gaps[60:80] = np.nan
    walk = np.cumsum(rng.normal(size=101))
    for name, values in {"wave": wave, "gaps": gaps, "walk": walk}.items():
        def lags(adjusted):
            return clean(acf(values, nlags=60, fft=True, adjusted=adjusted, missing="conservative"))

        yield {"name": name, "values": clean(values), "biased": lags(False), "unbiased": lags(True)}


golden = {"real": list(transforms()), "complex": list(complex_transforms()), "autocorrelations": list(correlations())}
print(json.dumps(golden, separators=(",", ":")))
