"""The methods of peers.py. Each takes values (rows, or rows x columns), standardised by the first `train` rows, and gives one score a row."""
import numpy as np
import rrcf
from scipy.signal import lfilter
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest


def rrcf_scores(rows, train, trees=20, size=256):
    """Robust random cut forest, forwards, as NAB ran Amazon's: 256 points, no shingle (20 trees instead of 100, for it is slow)."""
    np.random.seed(1)
    forest = [rrcf.RCTree() for _ in range(trees)]
    scores = np.zeros(len(rows))
    for index, point in enumerate(rows):
        for tree in forest:
            if len(tree.leaves) >= size:
                tree.forget_point(index - size)
            tree.insert_point(point, index=index)
            scores[index] += tree.codisp(index) / trees
    return scores


def knn_cad_scores(values, train, width=19, neighbours=27):
    """KNN-CAD (Burnaev & Ishimtsev, Conformalized density- and distance-based anomaly detection, 2016), forwards.

    The sum of distances to the nearest vectors of a training set, under the metric of their scatter, as a share of the
    calibration scores that are smaller; after a share above 0.9965 it is held at a half for a fifth of the training.
    """
    vectors = np.lib.stride_tricks.sliding_window_view(values, width)
    scores = np.zeros(len(values))
    count = max(min(train, 750) - width, neighbours + 2)
    training, metric = vectors[:count].copy(), None

    def strangeness(vector, others):
        differences = others - vector
        distances = np.einsum("ij,jk,ik->i", differences, metric, differences)
        return np.sqrt(np.maximum(np.partition(distances, neighbours)[:neighbours], 0)).sum()

    metric = np.linalg.pinv(training.T @ training)
    calibration = [strangeness(training[i], np.delete(training, i, axis=0)) for i in range(count)]
    oldest, held = 0, 0
    calibration = np.array(calibration)
    waiting = training.copy()
    for index in range(count, len(vectors)):
        if index % width == 0:
            metric = np.linalg.pinv(training.T @ training)
        strange = strangeness(vectors[index], training)
        share = (calibration < strange).mean()
        row = index + width - 1
        scores[row] = 0.5 if held > 0 else share
        if held > 0:
            held -= 1
        elif share > 0.9965:
            held = min(train, 750) // 5
        # What was calibration becomes training, and the new vector calibration.
        training[oldest], waiting[oldest], calibration[oldest] = waiting[oldest], vectors[index], strange
        oldest = (oldest + 1) % count
    return scores


def period_of(values, most=400, least=3):
    """The lag of the highest local maximum of the autocorrelation, 125 where there is none: how TSB-AD chooses windows."""
    centred = values[:20000] - values[:20000].mean()
    spectrum = np.abs(np.fft.rfft(centred, 2 * len(centred))) ** 2
    lags = np.fft.irfft(spectrum)[: most + 1]
    peaks = [lag for lag in range(least + 1, len(lags) - 1) if lags[lag - 1] < lags[lag] > lags[lag + 1]]
    best = max(peaks, key=lambda lag: lags[lag], default=125)
    return best if 3 < best < 300 else 125


def polynomial_weights(at, power):
    """Weights that turn the values at the offsets `at` into what the polynomial fitted to them says at offset 0."""
    scale = max(abs(at).max(), 1)
    design = np.vander(at / scale, power + 1, increasing=True)
    return np.linalg.pinv(design)[0]


def volatility(residuals, decay=0.94, floor=0.05):
    """Exponentially weighted spread of the residuals before each point, never far below the usual."""
    squares = np.concatenate([[np.median(residuals**2)], residuals[:-1] ** 2])
    smooth = lfilter([1 - decay], [1, -decay], squares, zi=[decay * squares[0]])[0]
    usual = np.std(residuals) or 1
    return np.sqrt(smooth + (floor * usual) ** 2)


def poly_scores(values, train, power=3):
    """POLY as TSB-AD's tables have it: how far a stretch of one period is from the polynomial of what lies on both sides of it.

    The distance is the root mean square over the stretch (theirs is between spectra, which is the same by Parseval), five periods
    on each side. It looks ahead. The title speaks of volatility; the figures published were got without.
    """
    window = period_of(values)
    reach = max(5 * window, 50)
    scores = np.zeros(len(values))
    for first in range(0, len(values), window):
        last = min(first + window, len(values))
        before, after = np.arange(max(0, first - reach), first), np.arange(last, min(len(values), last + reach))
        at = np.concatenate([before, after]) - first
        fitted = np.polyfit(at / reach, values[at + first], power)
        stretch = np.arange(last - first)
        scores[first:last] = np.sqrt(np.mean((values[first:last] - np.polyval(fitted, stretch / reach)) ** 2))
    return scores


def poly_volatility_scores(values, train, power=3):
    """Local polynomial from both sides of a left-out window, each residual over the volatility before it. It looks ahead."""
    window = period_of(values)
    reach = max(5 * window, 50)
    at = np.concatenate([np.arange(-reach, -window // 2), np.arange(window - window // 2, reach)])
    weights = np.zeros(2 * reach + 1)
    weights[at + reach] = polynomial_weights(at, power)
    padded = np.pad(values, reach, mode="reflect" if len(values) > reach else "symmetric")
    expected = np.convolve(padded, weights[::-1], mode="valid")[: len(values)]
    residuals = values - expected
    return np.abs(residuals) / volatility(residuals)


def poly_causal_scores(values, train, power=1):
    """Residual over volatility from what came before alone: the line through the last window, extended by one point."""
    window = max(10, min(period_of(values), 60))
    weights = polynomial_weights(np.arange(-window, 0), power)
    expected = np.full(len(values), np.nan)
    expected[window:] = np.convolve(values[:-1], weights[::-1], mode="valid")
    residuals = np.nan_to_num(values - expected)
    return np.abs(residuals) / volatility(residuals)


def isolation_forest_scores(rows, train, width=100):
    """Isolation forest over sub-sequences of one series, over rows of several; fitted to all of it, as in TSB-AD."""
    if rows.shape[1] > 1:
        forest = IsolationForest(n_estimators=100, random_state=1).fit(rows)
        return -forest.score_samples(rows)
    width = period_of(rows[:, 0])
    windows = np.lib.stride_tricks.sliding_window_view(rows[:, 0], width)
    scores = -IsolationForest(n_estimators=100, random_state=1).fit(windows).score_samples(windows)
    # A window's score belongs to its middle.
    return np.pad(scores, (width // 2, width - 1 - width // 2), mode="edge")


def spectral_residual_scores(values, train, span=1440, smooth=3, around=21, ahead=5):
    """Spectral residual (Ren et al., Time-series anomaly detection service at Microsoft, 2019), forwards, every point last in its window."""
    scores = np.zeros(len(values))
    kernel = np.ones(smooth) / smooth
    for index in range(around + ahead, len(values)):
        window = values[max(0, index - span + 1) : index + 1]
        # The estimated points after the last: the mean slope to it, once more.
        slopes = (window[-1] - window[-1 - ahead : -1]) / np.arange(ahead, 0, -1)
        estimate = window[-ahead] + slopes.mean() * ahead
        spectrum = np.fft.rfft(np.concatenate([window, np.full(ahead, estimate)]))
        amplitude = np.abs(spectrum)
        logs = np.log(np.maximum(amplitude, 1e-8))
        residual = np.exp(logs - np.convolve(logs, kernel, mode="same"))
        saliency = np.abs(np.fft.irfft(spectrum / np.maximum(amplitude, 1e-8) * residual, len(window) + ahead))
        last = len(window) - 1
        mean = saliency[max(0, last - around) : last].mean()
        scores[index] = max(0, (saliency[last] - mean) / (mean or 1))
    return scores


def mean_z2_scores(rows, train):
    """Root of the mean squared deviation from the training rows, over columns."""
    return np.sqrt((rows**2).mean(axis=1))


def pca_scores(rows, train, share=0.9):
    """What the components that explain 90 % of the training rows leave unexplained."""
    model = PCA(n_components=share, random_state=1).fit(rows[:train])
    return np.sqrt(((rows - model.inverse_transform(model.transform(rows))) ** 2).sum(axis=1))


def k_means_scores(rows, train, clusters=20, width=10):
    """KMeansAD: distance of a stretch of rows to the nearest centre of those of the training part."""
    windows = np.lib.stride_tricks.sliding_window_view(rows, width, axis=0).reshape(len(rows) - width + 1, -1)
    model = KMeans(n_clusters=clusters, n_init=3, random_state=1).fit(windows[: max(train - width, clusters)])
    distances = np.min(model.transform(windows), axis=1)
    total, counts = np.zeros(len(rows)), np.zeros(len(rows))
    for offset in range(width):
        total[offset : offset + len(distances)] += distances
        counts[offset : offset + len(distances)] += 1
    return total / counts
