"""Peers of `bench accuracy --task detect` on the same series; their answer files are judged by the same scorer.

    peers.py --data DIR --generated OUT/series/generated --out PEERS [--peer NAME]... [--set NAME]...
    ./tidewatch bench accuracy --task detect --data DIR --answers rrcf=PEERS/rrcf --answers knn-cad=PEERS/knn-cad ...

No label is read. A peer scores a matrix of rows (columns standardised by the rows that train it) or, where it knows one series
only, each column for itself; a row then scores as its most anomalous column, in that column's own spread. is_anomaly is a
score beyond mean + 3 deviations of all scores, the usual rule where nobody chose a threshold
(KNN-CAD has one).
"""
import argparse
import csv
import sys
import time
from pathlib import Path

import numpy as np

import peer_methods

# Name: (function, whether it takes several columns at once, sets)
SINGLE = ("nab", "generated", "kpi")
ALL = (*SINGLE, "jumpstarter")
PEERS = {
    "rrcf": (peer_methods.rrcf_scores, True, ("nab", "kpi")),
    "knn-cad": (peer_methods.knn_cad_scores, False, SINGLE),
    "poly": (peer_methods.poly_scores, False, ALL),
    "poly-volatility": (peer_methods.poly_volatility_scores, False, ALL),
    "poly-causal": (peer_methods.poly_causal_scores, False, ALL),
    "isolation-forest": (peer_methods.isolation_forest_scores, True, ALL),
    "spectral-residual": (peer_methods.spectral_residual_scores, False, ALL),
    "mean-z2": (peer_methods.mean_z2_scores, True, ALL),
    "pca": (peer_methods.pca_scores, True, ("jumpstarter",)),
    "k-means": (peer_methods.k_means_scores, True, ("jumpstarter",)),
}
# Its scores are shares, and its authors' own limit is this.
KNN_CAD_LIMIT = 0.9965


def recordings(data, generated):
    """Set, parts as (path, rows), matrix, rows to train on."""
    for path in sorted((data / "nab" / "data").glob("*/*.csv")):
        values = column(path)
        yield "nab", [(f"{path.parent.name}/{path.stem}", len(values))], values, min(int(0.15 * len(values)), 750)
    for name, folder in (("kpi", data / "kpi"), ("generated", generated)):
        for path in sorted(folder.glob("**/*.csv")) if folder else ():
            values = column(path)
            yield name, [(str(path.relative_to(folder))[:-4], len(values))], values, int(0.15 * len(values))
    for path in sorted((data / "jumpstarter" / "test").glob("*.csv")):
        train = np.loadtxt(data / "jumpstarter" / "train" / path.name, delimiter=",")
        test = np.loadtxt(path, delimiter=",")
        parts = [(f"train/{path.stem}", len(train)), (f"test/{path.stem}", len(test))]
        yield "jumpstarter", parts, np.concatenate([train, test]), len(train)


def column(path):
    with open(path) as file:
        values = np.array([float(row["value"] or "nan") for row in csv.DictReader(file)])
    missing = np.isnan(values)
    if missing.any():
        values[missing] = np.interp(np.flatnonzero(missing), np.flatnonzero(~missing), values[~missing])
    return values[:, None]


def score(function, together, matrix, train):
    mean, spread = matrix[:train].mean(axis=0), matrix[:train].std(axis=0)
    scaled = (matrix - mean) / np.where(spread > 0, spread, 1)
    if together:
        return function(scaled, train)
    columns = []
    for values in scaled.T:
        scores = function(values, train)
        middle = np.median(scores)
        width = np.median(np.abs(scores - middle)) * 1.4826
        columns.append((scores - middle) / (width or scores.std() or 1) if scaled.shape[1] > 1 else scores)
    return np.maximum(np.max(columns, axis=0), 0)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--generated", type=Path)
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--peer", action="append")
    options.add_argument("--set", action="append")
    given = options.parse_args()
    for peer in given.peer or PEERS:
        function, together, sets = PEERS[peer]
        began = time.time()
        for name, parts, matrix, train in recordings(given.data, given.generated):
            if name not in (given.set or sets) or name not in sets:
                continue
            scores = score(function, together, matrix, train)
            beyond = scores > (KNN_CAD_LIMIT if peer == "knn-cad" else scores.mean() + 3 * scores.std())
            at = 0
            for path, rows in parts:
                target = given.out / peer / "detect" / name / f"{path}.csv"
                target.parent.mkdir(parents=True, exist_ok=True)
                lines = [f"{i},{scores[at + i]:.6g},{int(beyond[at + i])}" for i in range(rows)]
                target.write_text("\n".join(["index,score,is_anomaly", *lines]) + "\n")
                at += rows
        print(f"{peer}: {time.time() - began:.0f} s", file=sys.stderr, flush=True)


main()
