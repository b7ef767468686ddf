"""Golden values for bench/accuracy/vus.ts, from the reference implementation of its authors (PyPI `vus`) and scikit-learn.

    vus_golden.py > golden/vus.json

Inputs are part of the file: labels as runs [first, last], scores rounded so that the file stays small.
"""
import json

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score
from vus.utils.metrics import metricor


def case(name, runs, scores, window):
    scores = np.round(scores, 3)
    labels = np.zeros(len(scores))
    for first, last in runs:
        labels[first : last + 1] = 1
    *_, roc, pr = metricor().RangeAUC_volume_opt(labels, scores, window)
    return {
        "name": name,
        "runs": runs,
        "window": window,
        "scores": scores.tolist(),
        "vusRoc": float(roc),
        "vusPr": float(pr),
        "aucRoc": float(roc_auc_score(labels, scores)),
        "aucPr": float(average_precision_score(labels, scores)),
    }


def main():
    rng = np.random.default_rng(20221101)

    def good(count, runs, shift=2.0):
        scores = np.abs(rng.normal(size=count))
        for first, last in runs:
            scores[max(0, first - 3) : last + 1] += shift * rng.random(len(scores[max(0, first - 3) : last + 1]))
        return scores

    some = [[60, 75], [150, 150], [240, 262]]
    close = [[50, 60], [70, 75], [78, 90], [300, 301]]
    ends = [[0, 8], [191, 199]]
    cases = [
        case("noise", some, rng.random(300), 20),
        case("a good score", some, good(300, some), 20),
        case("windows that run into each other", close, good(400, close), 40),
        case("an odd window", close, good(400, close), 15),
        case("anomalies at both ends", ends, good(200, ends), 30),
        case("nothing but one point", [[100, 100]], good(200, [[100, 100]], 5), 10),
        case("ties: whole sigmas", some, np.floor(good(300, some)), 20),
        case("two values, as from a yes or no", some, (good(300, some) > 2.5).astype(float), 20),
        case("a score that never changes", some, np.zeros(300), 20),
        case("no window", some, good(300, some), 0),
        case("shorter than the thresholds", [[20, 30]], good(60, [[20, 30]]), 10),
        case("nearly all of it anomalous", [[5, 180]], good(200, [[5, 180]]), 30),
        case("window of 100", [[400, 420], [700, 705]], good(900, [[400, 420], [700, 705]], 1), 100),
    ]
    print(json.dumps(cases, separators=(",", ":")))


main()
