"""Golden values for bench/accuracy/nab-score.ts: what NAB itself published, for the open series.

    nab_golden.py NAB_DATA_FOLDER windowedGaussian_standard_scores.csv > golden/nab.json

The second file is from NAB's repository (results/windowedGaussian, MIT, © 2014-2024 Numenta Inc.). It says how each series
scored, not which rows were detected; those come from the windowed Gaussian as NAB describes it (6400 rows, moved on by 100),
and a series is kept only where its counts of true and false positives are the published ones.
"""
import csv
import json
import math
import sys
from pathlib import Path

import numpy as np

ROWS, MOVE = 6400, 100


def scores(values):
    """1 - tail probability of each value under the normal of the rows before it."""
    values = np.array(values)
    centred = values - values.mean()
    sums = np.concatenate([[0], np.cumsum(centred)])
    squares = np.concatenate([[0], np.cumsum(centred**2)])
    out = np.zeros(len(values))
    for i in range(1, len(values)):
        end = i if i <= ROWS else ROWS + (i - ROWS) // MOVE * MOVE
        start = max(0, end - ROWS)
        mean = (sums[end] - sums[start]) / (end - start)
        spread = math.sqrt(max(0, (squares[end] - squares[start]) / (end - start) - mean**2)) or 1e-6
        out[i] = 1 - 0.5 * math.erfc(abs(centred[i] - mean) / spread / math.sqrt(2))
    return out


def main():
    folder, published = Path(sys.argv[1]), {}
    for row in csv.DictReader(open(sys.argv[2])):
        if row["File"]:
            published[row["File"]] = row
    labels = json.load(open(folder / "labels" / "combined_windows.json"))
    golden, left_out = [], []
    for path in sorted((folder / "data").glob("*/*.csv")):
        name = f"{path.parent.name}/{path.name}"
        rows = list(csv.DictReader(open(path)))
        times = [row["timestamp"] for row in rows]
        windows = [[times.index(start[:19]), times.index(end[:19])] for start, end in labels[name]]
        probation = min(math.floor(0.15 * len(rows)), 750)
        # The published files hold twelve digits, so that their threshold of 1 is 1 - 5e-13.
        found = np.flatnonzero(np.round(scores([float(row["value"]) for row in rows]), 12) >= 1)
        found = [int(i) for i in found if i >= probation]
        inside = sum(any(start <= i <= end for start, end in windows) for i in found)
        said = published[name]
        if (inside, len(found) - inside) != (int(said["TP"]), int(said["FP"])):
            left_out.append((name, inside, len(found) - inside, said["TP"], said["FP"]))
            continue
        golden.append({"name": name, "rows": len(rows), "windows": windows, "detected": found, "standard": float(said["Score"])})
    print("left out:", left_out, file=sys.stderr)
    licence = "NAB (github.com/numenta/NAB), MIT, Copyright 2014-2024 Numenta Inc."
    print(json.dumps({"licence": licence, "series": golden}, separators=(",", ":")))


main()
