"""Writes classes.json, multilabel.json, correlation.json, regression.json and calibration.json with scikit-learn and scipy.

Versions used: scikit-learn 1.9.1, scipy 1.17.1, numpy 2.4.6, Python 3.11, on a processor with AVX-512 (see sum.go).
Run inside this folder: python generate.py
"""
import json
import math
import warnings

import numpy as np
from scipy import stats
from sklearn import metrics

warnings.simplefilter("ignore")
rng = np.random.default_rng(7)


def plain(x):
    """A form that JSON has: NaN becomes null, infinity the text inf."""
    if isinstance(x, dict):
        return {k: plain(v) for k, v in x.items()}
    if isinstance(x, (list, tuple, np.ndarray)):
        return [plain(v) for v in x]
    if isinstance(x, (bool, np.bool_)):
        return bool(x)
    if isinstance(x, (int, np.integer)):
        return int(x)
    if isinstance(x, (float, np.floating)):
        return None if math.isnan(x) else str(x) if math.isinf(x) else float(x)
    return x


def save(name, cases):
    with open(name, "w") as f:
        f.write("[\n" + ",\n".join(json.dumps(plain(c), separators=(",", ":")) for c in cases) + "\n]\n")
    print(name, len(cases))


def averages(truth, predicted, names):
    return {a: metrics.precision_recall_fscore_support(truth, predicted, average=a)[:3] for a in names}


def classes(truth, predicted, k):
    case = {"classes": k, "truth": truth, "predicted": predicted}
    try:
        case["accuracy"] = metrics.accuracy_score(truth, predicted)
        case["matthews"] = metrics.matthews_corrcoef(truth, predicted)
        case["averages"] = averages(truth, predicted, ("micro", "macro", "weighted"))
        if k > 12:
            return case
        p, r, f, n = metrics.precision_recall_fscore_support(truth, predicted, labels=range(k))
        case["each"] = [list(row) for row in zip(p, r, f, n)]
        case["confusion"] = metrics.confusion_matrix(truth, predicted, labels=range(k))
        if k == 2:
            case["binary"] = [metrics.precision_score(truth, predicted), metrics.recall_score(truth, predicted),
                              metrics.f1_score(truth, predicted)]
    except ValueError as e:
        print("not defined:", case, e)
        return None
    return case


def all_classes():
    cases = [classes(t, p, k) for t, p, k in [
        ([0], [0], 2), ([0], [1], 2), ([1], [1], 2), ([1], [0], 2), ([0, 0, 0], [0, 0, 0], 2), ([1, 1, 1], [1, 1, 1], 2),
        ([0, 1], [1, 0], 2), ([0, 0, 1], [1, 1, 1], 2), ([2, 2], [2, 2], 5), ([0, 1, 2], [0, 0, 0], 3),
        ([3] * 9 + [0], [0] + [3] * 9, 4), ([0, 1, 2, 3], [3, 2, 1, 0], 4), ([], [], 2),
    ]]
    for i in range(260):
        k = int(rng.choice([2, 2, 2, 3, 4, 7, 12, 30, 200]))
        n = int(rng.choice([2, 3, 5, 17, 40, 90])) if k < 200 else 300
        weights = rng.dirichlet(np.full(k, rng.choice([0.1, 1, 10])))
        truth = rng.choice(k, size=n, p=weights)
        skill = rng.choice([0, 0.5, 0.9, 1])
        predicted = np.where(rng.random(n) < skill, truth, rng.choice(k, size=n, p=rng.permutation(weights)))
        cases.append(classes(truth.tolist(), predicted.tolist(), k))
    return [c for c in cases if c]


def all_multilabel():
    cases = []
    for i in range(230):
        k, n = int(rng.choice([2, 3, 6, 28])), int(rng.choice([1, 2, 5, 20, 60]))
        truth = (rng.random((n, k)) < rng.choice([0, 0.05, 0.3, 1])).astype(int)
        flips = (rng.random((n, k)) < rng.choice([0, 0.1, 0.5, 1])).astype(int)
        predicted = truth ^ flips
        cases.append({
            "classes": k, "truth": ["".join(map(str, row)) for row in truth],
            "predicted": ["".join(map(str, row)) for row in predicted],
            "accuracy": metrics.accuracy_score(truth, predicted), "hamming": metrics.hamming_loss(truth, predicted),
            "averages": averages(truth, predicted, ("micro", "macro", "weighted", "samples")),
            "each": [list(row) for row in zip(*metrics.precision_recall_fscore_support(truth, predicted))],
        })
    return cases


def pairs(count):
    """Two columns of numbers that belong together more or less, with ties, spikes and odd sizes."""
    special = [
        ([1, 2], [3, 5]), ([1, 2], [5, 3]), ([1, 1], [2, 3]), ([1, 2, 3], [4, 4, 4]), ([0, 0, 0], [0, 0, 0]),
        ([1, 2, 3], [1, 2, 3]), ([1, 2, 3], [-2, -4, -6]), ([1e300, -1e300, 5e299], [1, 2, 4]),
        ([1e-300, 2e-300, 4e-300], [1, 2, 4]), ([1, 2, math.nan], [1, 2, 3]), ([1, 1, 1, 2], [2, 2, 1, 2]),
        ([1e16, 1e16 + 2, 1e16 + 4], [1, 2, 4]), ([5, 5, 5, 5.0000001], [1, 0, 0, 0]),
    ]
    for x, y in special:
        yield [float(v) for v in x], [float(v) for v in y]
    for i in range(count):
        n = int(rng.choice([2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 33, 48, 64, 100, 129, 150]))
        if i % 40 == 0:
            n = int(rng.choice([257, 400, 1000]))
        x = rng.normal(size=n) * rng.choice([1, 5, 1000])
        y = x * rng.choice([-1, 0.1, 1]) + rng.normal(size=n) * rng.choice([0, 0.5, 10])
        digits = int(rng.choice([0, 1, 2, 3])) if n > 64 else int(rng.choice([0, 1, 3, 12]))
        yield np.round(x, digits).tolist(), np.round(y, digits).tolist()


def value(f, *args):
    try:
        return f(*args)
    except ValueError:
        return "error"


def all_correlation():
    return [{
        "x": x, "y": y, "pearson": value(lambda: stats.pearsonr(x, y).statistic),
        "spearman": value(lambda: stats.spearmanr(x, y).statistic),
    } for x, y in [([], []), ([1.0], [2.0])] + list(pairs(240))]


def all_regression():
    return [{
        "x": x, "y": y, "mse": value(metrics.mean_squared_error, x, y), "mae": value(metrics.mean_absolute_error, x, y),
        "rmse": value(metrics.root_mean_squared_error, x, y),
    } for x, y in [([], []), ([1.0], [2.0])] + list(pairs(220))]


def all_calibration():
    """Bins of Guo et al. 2017, written out with numpy; Brier scores are scikit-learn's."""
    cases = []
    for i in range(210):
        bins, n = int(rng.choice([1, 2, 10, 15])), int(rng.choice([1, 3, 20, 80]))
        confidence = np.round(rng.beta(*rng.choice([[5, 1], [1, 1], [0.3, 0.3]]), size=n), int(rng.choice([1, 2, 6])))
        right = rng.random(n) < confidence ** rng.choice([0.5, 1, 2])
        edges = np.arange(bins + 1) / bins
        rows, ece, mce = [], 0.0, 0.0
        for b in range(bins):
            inside = (confidence > edges[b]) & (confidence <= edges[b + 1])
            if b == 0:
                inside |= confidence == 0
            rows.append([int(inside.sum())])
            if inside.any():
                gap = abs(right[inside].mean() - confidence[inside].mean())
                rows[-1] += [confidence[inside].mean(), right[inside].mean()]
                ece += gap * inside.sum() / n
                mce = max(mce, gap)
        cases.append({"bins": bins, "confidence": confidence, "right": right, "rows": rows, "ece": ece, "mce": mce,
                      "brier": float(np.mean((confidence - right) ** 2))})
    return cases


save("classes.json", all_classes())
save("multilabel.json", all_multilabel())
save("correlation.json", all_correlation())
save("regression.json", all_regression())
save("calibration.json", all_calibration())
