"""The peers of bench/speed/forecast.ts (P7, P8): what finds a model of a series and foretells it.

    forecast.py FILE LENGTHS PERIOD HORIZON TIMED

The file holds the series one behind the other in float64, of the LENGTHS (with commas between). The result has HORIZON
values for each of them. A name that ends in -timed does the first TIMED only.
"""
import logging
import sys
import warnings

import numpy as np
import pandas as pd
import statsforecast
import statsmodels
from statsforecast.models import AutoARIMA, AutoETS
from statsmodels.tsa.holtwinters import ExponentialSmoothing

from peer_loop import serve

warnings.filterwarnings("ignore")
lengths = [int(length) for length in sys.argv[2].split(",")]
period, horizon = int(sys.argv[3]), int(sys.argv[4])
series = np.split(np.fromfile(sys.argv[1]), np.cumsum(lengths)[:-1])
PEERS = {}
versions = {"statsforecast": statsforecast.__version__, "statsmodels": statsmodels.__version__}


def peer(name, forecast):
    PEERS[name] = lambda: np.concatenate([forecast(values) for values in series])
    PEERS[name + "-timed"] = lambda: np.concatenate([forecast(values) for values in series[: int(sys.argv[5])]])


def smoothing(values):
    model = ExponentialSmoothing(values, trend="add", damped_trend=True, seasonal="add", seasonal_periods=period)
    return model.fit().forecast(horizon)


peer("AutoETS", lambda values: AutoETS(season_length=period).forecast(y=values, h=horizon)["mean"])
peer("AutoARIMA", lambda values: AutoARIMA(season_length=period).forecast(y=values, h=horizon)["mean"])
peer("ExponentialSmoothing", smoothing)

try:
    import prophet

    logging.getLogger("prophet").setLevel(logging.ERROR)
    logging.getLogger("cmdstanpy").disabled = True

    def by_prophet(values):
        times = pd.date_range("2024-01-01", periods=len(values), freq="h")
        model = prophet.Prophet(uncertainty_samples=0).fit(pd.DataFrame({"ds": times, "y": values}))
        future = model.make_future_dataframe(horizon, freq="h", include_history=False)
        return model.predict(future)["yhat"].to_numpy()

    peer("prophet", by_prophet)
    versions["prophet"] = prophet.__version__
except ImportError:
    pass

serve(PEERS, **versions)
