"""Golden values of src/stats/isolation-forest.ts, from scikit-learn: scores of a forest of many trees."""
import json

import numpy as np
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score

rng = np.random.default_rng(2008)
inner = rng.normal(size=(560, 3)) @ np.array([[1, 0.6, 0], [0, 1, 0.3], [0, 0, 2]])
outer = rng.uniform(-8, 8, size=(40, 3))
rows = np.round(np.concatenate([inner, outer]), 6)
forest = IsolationForest(n_estimators=1000, max_samples=256, random_state=1).fit(rows)
scores = -forest.score_samples(rows)
odd = np.arange(600) >= 560
print(json.dumps({"values": rows.ravel().tolist(), "scores": scores.tolist(), "odd": int(odd.sum()),
                  "auc": float(roc_auc_score(odd, scores))}, separators=(",", ":")))
