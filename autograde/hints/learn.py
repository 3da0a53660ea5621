"""Learn from answers of which somebody said which must-see points they hold."""

from collections.abc import Iterable
from dataclasses import dataclass

from autograde.errors import ClassError
from autograde.hints.look import Look, counted, features
from autograde.hints.signs import signs_of, straight
from autograde.marking import Rubric

STRENGTH = 0.03
"""Inverse of the ridge penalty of the logistic regression: few answers, so a strong one."""


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """An answer: its task's id, rubric and text, and for each must-see point whether the answer holds it."""

    task: str
    rubric: Rubric
    text: str
    must_see: tuple[bool, ...]


def learn(labelled: Iterable[Labelled]) -> Look:
    """Learn from labelled answers.

    Parameters
    ----------
    labelled
        At least one point that is missing and one that is there; each answer has as many as its rubric.

    Raises
    ------
    ClassError
        If there is nothing to tell apart.
    """
    answers = tuple(labelled)
    gone = [not there for one in answers for there in one.must_see]
    if len(set(gone)) < 2:
        msg = "Nothing can be learned from these answers: give some with a must-see point that is missing, and some with one that is there."
        raise ClassError(msg)
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    texts = [straight(one.text) for one in answers]
    signs = [signs_of(text) for text in texts]
    counts = np.array([counted(one) for one in signs])
    usual = tuple(zip(counts.mean(axis=0).tolist(), (counts.std(axis=0) + 0.3).tolist(), strict=True))
    rows = [row for one, text, has in zip(answers, texts, signs, strict=True) for row in features(one.rubric, text, has, usual)]
    scaler = StandardScaler().fit(rows)
    model = LogisticRegression(C=STRENGTH, solver="newton-cholesky", tol=1e-9).fit(scaler.transform(rows), gone)
    weights = model.coef_[0] / scaler.scale_
    return Look(usual=usual, weights=tuple(weights.tolist()), bias=float(model.intercept_[0] - weights @ scaler.mean_))
