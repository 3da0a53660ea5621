"""Which decisions a second person looks at (internal quality assurance): a plan by risk, the same for the same seed.

Decisions are ordered by a digest of the seed and their id, so nobody can tell before, or choose, which ones are taken. A rule that asks
for some of a group first counts those that are taken already, then takes the first ones in that order. What was sampled before stays:
no plan that keeps a least number in every group could do that without being told (alone in its group, every decision would have been
taken), so who keeps the records hands in `before`.

References
----------
CAMERA, what a sample has to cover: candidates, assessors, methods, elements, records and locations (a rule of thumb of internal quality
assurers in England). Records and locations are not known here. The rates are a centre's own policy; what stands here is a beginning.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import TypeVar

from autograde.errors import ClassError

Key = TypeVar("Key", bound=Hashable)

BEFORE = "It was sampled before."
LEAST = {
    "per_assessor": "Of each assessor",
    "per_criterion": "For each criterion",
    "per_kind": "For each kind of evidence",
    "per_decision": "Of met, and of not yet met",
    "per_learner": "For each learner",
}
"""The least numbers of a plan that people choose, as they are called."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """An assessor's decision on one criterion for one learner; `kind` is the kind of evidence that it rests on, or the kinds."""

    id: str
    learner: str
    criterion: str
    assessor: str
    kind: str
    met: bool
    on: date

    @property
    def words(self) -> str:
        """What was decided."""
        return "met" if self.met else "not yet met"


@dataclass(frozen=True, kw_only=True)
class Rates:
    """How much is sampled.

    Attributes
    ----------
    base, new_assessor
        0 ≤ base ≤ new_assessor ≤ 1, the share of each assessor's decisions, and of a new one's; rounded up.
    per_learner, per_assessor, per_criterion, per_kind, per_decision
        The least number for each one, ≥ 0, or all that there are; a decision is "met" or "not yet met".
    per_stratum
        The least number for each assessor × criterion × kind × decision that occurs, ≥ 0.

    Raises
    ------
    ClassError
        If one lies outside these bounds.
    """

    base: float = 0.1
    new_assessor: float = 0.25
    per_learner: int = 0
    per_assessor: int = 2
    per_criterion: int = 1
    per_kind: int = 1
    per_decision: int = 1
    per_stratum: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.base <= self.new_assessor <= 1:
            rates = f"{_percent(self.base)} of each assessor’s decisions and {_percent(self.new_assessor)} of a new assessor’s"
            msg = f"Sampling plan: {rates} cannot be; type 0 to 100 percent, and for a new assessor no less than for the others."
            raise ClassError(msg)
        for name in ("per_learner", "per_assessor", "per_criterion", "per_kind", "per_decision", "per_stratum"):
            if getattr(self, name) < 0:
                words = LEAST.get(name, "for each stratum")
                msg = f"Sampling plan: “{words}” is at least {getattr(self, name)}, which cannot be; type 0 or more."
                raise ClassError(msg)

    @property
    def words(self) -> str:
        """What is sampled, in words."""
        least = [f"{number} {words.lower()}" for name, words in LEAST.items() if (number := getattr(self, name))]
        said = f"{_percent(self.base)} of each assessor’s decisions, {_percent(self.new_assessor)} of a new assessor’s"
        return f"{said}; at least {', '.join(least)}" if least else said


@dataclass(frozen=True, kw_only=True)
class Sampled:
    """A decision to be sampled, and why, one sentence each; `before`: it was so in an earlier plan."""

    decision: Decision
    reasons: tuple[str, ...]
    before: bool


@dataclass(frozen=True, kw_only=True)
class _Need:
    """So many of these decisions, in the order in which they are taken, for this reason."""

    decisions: Sequence[Decision]
    number: int
    reason: str


def sampling_plan(
    decisions: Collection[Decision], *, new: Collection[str] = (), rates: Rates, seed: str, before: Collection[str] = ()
) -> tuple[Sampled, ...]:
    """Give the decisions to be sampled, by date and id.

    Parameters
    ----------
    decisions
        All that there are, in any order.
    new
        The assessors who are new.
    seed
        Written down with the plan, so that it can be made again.
    before
        The ids of what was sampled in earlier plans; one that is gone is passed over.

    Raises
    ------
    ClassError
        If two decisions have the same id.
    """
    ordered = sorted(decisions, key=lambda one: (_digest(seed, one.id), one.id))
    if len({one.id for one in ordered}) != len(ordered):
        msg = "Sampling plan: two decisions have the same id; give each one its own."
        raise ClassError(msg)
    earlier = {*before}
    reasons: dict[str, list[str]] = {one.id: [BEFORE] for one in ordered if one.id in earlier}
    for need in _needs(ordered, new, rates):
        taken = [one for one in need.decisions if one.id in reasons]
        others = [one for one in need.decisions if one.id not in reasons]
        for one in [*taken, *others][: need.number]:
            reasons.setdefault(one.id, []).append(need.reason)
    return tuple(
        Sampled(decision=one, reasons=tuple(reasons[one.id]), before=one.id in earlier)
        for one in sorted(ordered, key=lambda one: (one.on, one.id))
        if one.id in reasons
    )


def _needs(ordered: Sequence[Decision], new: Collection[str], rates: Rates) -> Iterator[_Need]:
    """Give what is asked for, the narrowest groups first: what is taken for them counts for the wider ones, so that few are taken."""
    strata = _groups(ordered, [(one.assessor, one.criterion, one.kind, one.words) for one in ordered])
    for (assessor, criterion, kind, words), group in strata.items():
        reason = f"At least {rates.per_stratum} of {assessor}’s decisions “{words}” on {criterion} by {kind}."
        yield _Need(decisions=group, number=rates.per_stratum, reason=reason)
    for group in _groups(ordered, [one.learner for one in ordered]).values():
        reason = f"At least {rates.per_learner} for each learner."  # whose decision it is stands beside it; a reason is shown to anybody
        yield _Need(decisions=group, number=rates.per_learner, reason=reason)
    for number, name, keys in (
        (rates.per_criterion, "criterion", [one.criterion for one in ordered]),
        (rates.per_kind, "kind of evidence", [one.kind for one in ordered]),
        (rates.per_decision, "decision", [one.words for one in ordered]),
    ):
        for key, group in _groups(ordered, keys).items():
            yield _Need(decisions=group, number=number, reason=f"At least {number} for the {name} “{key}”.")
    for assessor, group in _groups(ordered, [one.assessor for one in ordered]).items():
        rate = rates.new_assessor if assessor in new else rates.base
        asked = ceil(round(rate * len(group), 9))  # 0.07 × 100 is a little more than 7
        who = f"{assessor}, who is new" if assessor in new else assessor
        yield _Need(decisions=group, number=asked, reason=f"One of {_percent(rate)} of the decisions of {who}.")
        yield _Need(decisions=group, number=rates.per_assessor, reason=f"At least {rates.per_assessor} of the decisions of {assessor}.")


def _percent(rate: float) -> str:
    return f"{100 * rate:g}%"  # as it was chosen, and not rounded


def _groups(ordered: Sequence[Decision], keys: Sequence[Key]) -> dict[Key, list[Decision]]:
    """Put decisions of the same key together, in their order."""
    found: defaultdict[Key, list[Decision]] = defaultdict(list)
    for key, one in zip(keys, ordered, strict=True):
        found[key].append(one)
    return found


def _digest(seed: str, name: str) -> str:
    return hashlib.sha256(f"{len(seed)} {seed} {name}".encode()).hexdigest()
