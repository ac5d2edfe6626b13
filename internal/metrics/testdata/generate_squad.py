"""Writes normalize.json, squad1.json and squad2.json with SQuAD's official scripts.

Versions used: evaluate-v1.1.py, evaluate-v2.0.py; Python 3.11 (from 3.12 on, sum() rounds otherwise). The scripts are no
part of this repository: python generate_squad.py FOLDER, where FOLDER holds them as evaluate_v1.py and evaluate_v2.py.
"""
import contextlib
import io
import json
import random
import sys
import unicodedata

sys.path.insert(0, sys.argv[1])
import evaluate_v1
import evaluate_v2

random.seed(11)
WORDS = """the a an The AN A the-a theater another and of in 1990s 3.5 $5 U.S. rock'n'roll naive na\u00efve na\u0131ve
 \u00c9cole e\u0301cole \u0130stanbul istanbul \u0391\u03a3 \u03b1\u03c2 Stra\u00dfe STRASSE \u4e2d\u56fd \u4e2d \u56fd \u3002 \u201cthe\u201d \u2014 a\u0301 an\u2019s the_a
 \u2160 \u00bd \u0661\u0662 \U0001d54f \U0001f600 \u200b \u00a0 \u3000 \x1c \t ... ' '' - -- x2 O'Neill l'\u00e9cole \u0440\u0443\u0441\u0441\u043a\u0438\u0439 \ufb01n \u1e9e""".split(" ")


def text(most=6):
    if random.random() < 0.05:
        return random.choice(["", " ", "the", "A", "an the", "...", "\u00a0", "\u3000a\u3000"])
    return random.choice([" ", " ", "  ", "-", "\u00a0"]).join(random.choice(WORDS) for _ in range(random.randint(1, most)))


def noise():
    """Any characters at all, near letters and articles."""
    chars = []
    for _ in range(random.randint(1, 12)):
        c = chr(random.choice([random.randint(0, 0x24f), random.randint(0, 0xd7ff), random.randint(0xe000, 0x1ffff)]))
        if unicodedata.category(c) == "Cn":
            continue  # what one version of Unicode does not know, another may
        chars += [c, random.choice(["", "a", "the", "An", " a", "a ", " the ", "\u03a3"])]
    return "".join(chars)


def save(name, cases):
    cases = list(cases)
    with open(name, "w") as f:
        f.write("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n")
    print(name, len(cases))


def near(answer):
    """A prediction that has to do with an answer."""
    words = answer.split(" ")
    kind = random.randrange(6)
    if kind == 0:
        return answer
    if kind == 1:
        return answer.upper() if random.random() < 0.5 else "the " + answer + "."
    if kind == 2:
        return " ".join(random.sample(words, random.randint(1, len(words))))
    if kind == 3:
        return answer + " " + text(3)
    if kind == 4:
        return ""
    return text()


def questions(n, unanswerable):
    out = []
    for i in range(n):
        answers = [] if random.random() < unanswerable else [text() for _ in range(random.choice([1, 1, 3, 5]))]
        out.append({"id": f"q{i}", "answers": [{"text": a, "answer_start": 0} for a in answers]})
    return out


def predict(qas):
    return {q["id"]: near(random.choice(q["answers"])["text"] if q["answers"] else text()) if q["answers"] or random.random() < 0.5
            else "" for q in qas}


def dataset(qas):
    return [{"paragraphs": [{"qas": qas}]}]


def case(qas, predictions, **more):
    return {"questions": [[q["id"], [a["text"] for a in q["answers"]]] for q in qas], "predictions": predictions, **more}


def squad1():
    for i in range(230):
        qas = questions(random.choice([1, 2, 3, 7, 13]), 0)
        predictions = predict(qas)
        if i % 10 == 0:
            predictions.pop(random.choice(qas)["id"])
        with contextlib.redirect_stderr(io.StringIO()):
            yield case(qas, predictions, want=evaluate_v1.evaluate(dataset(qas), predictions))


def squad2():
    """What the script's main does, without its files."""
    for i in range(260):
        qas = questions(random.choice([1, 2, 5, 9, 15]), random.choice([0, 0.3, 0.5, 1]))
        predictions = predict(qas)
        given = i % 3 > 0
        probabilities = {q["id"]: round(random.random(), random.choice([1, 3])) * random.choice([1, 1, -5]) for q in qas}
        na = probabilities if given else {q["id"]: 0.0 for q in qas}
        threshold = random.choice([1.0, 0.5, 0.0, -1.0]) if given else 1.0
        has = evaluate_v2.make_qid_to_has_ans(dataset(qas))
        exact_raw, f1_raw = evaluate_v2.get_raw_scores(dataset(qas), predictions)
        exact = evaluate_v2.apply_no_ans_threshold(exact_raw, na, has, threshold)
        f1 = evaluate_v2.apply_no_ans_threshold(f1_raw, na, has, threshold)
        out = evaluate_v2.make_eval_dict(exact, f1)
        for prefix, ids in (("HasAns", [k for k, v in has.items() if v]), ("NoAns", [k for k, v in has.items() if not v])):
            if ids:
                evaluate_v2.merge_eval(out, evaluate_v2.make_eval_dict(exact, f1, qid_list=ids), prefix)
        if given:
            evaluate_v2.find_all_best_thresh(out, predictions, exact_raw, f1_raw, na, has)
        yield case(qas, predictions, no_answer=probabilities if given else None, threshold=threshold, want=out)


save("normalize.json", [[s, evaluate_v2.normalize_answer(s)] for s in [text() for _ in range(150)] + [noise() for _ in range(450)]])
save("squad1.json", squad1())
save("squad2.json", squad2())
