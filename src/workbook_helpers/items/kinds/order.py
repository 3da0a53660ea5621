"""Put steps into order."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from workbook_helpers.items.base import Item, Json, Model, OptionId, Purpose, Text
from workbook_helpers.words import say


class Step(Model):
    """One step. `feedback` (why it comes where it comes) belongs to practice items alone: in an assessed item it would be a key."""

    id: OptionId
    text: Text
    feedback: str = ""


class Order(Item):
    """Put all steps into order. The answer is the list of the ids of those steps that have a place so far, the first step first.

    What is shown at first is no answer: a step has a place when the student has given it one.
    """

    seconds: ClassVar[int] = 60

    kind: Literal["order"]
    steps: Annotated[tuple[Step, ...], Field(min_length=3, max_length=8)]
    right: tuple[OptionId, ...] | None = None
    """All step ids in the right order; for practice items alone."""
    shuffle: Literal[True] = True
    """Always: the author's own order must never be what is shown, nor, in practice, the right one (`page/kinds/order.js`)."""

    @model_validator(mode="after")
    def _steps_fit_purpose(self) -> "Order":
        ids = self.step_ids()
        if len(set(ids)) != len(ids):
            msg = f"two steps share an id: {', '.join(ids)}"
            raise ValueError(msg)
        if self.purpose not in (Purpose.PRACTICE, Purpose.ASSESSED):
            msg = f"steps to put in order are for practice or assessed, not {self.purpose.value}"
            raise ValueError(msg)
        explained = [step.id for step in self.steps if step.feedback]
        if self.purpose is Purpose.PRACTICE and (len(explained) < len(ids) or sorted(self.right or ()) != sorted(ids)):
            msg = f"a practice item needs feedback for each step, and right = all of {', '.join(ids)} in the right order"
            raise ValueError(msg)
        if self.purpose is Purpose.ASSESSED and (explained or self.right is not None):
            msg = "right and feedback say what is right, and only a practice item may: put them into the key"
            raise ValueError(msg)
        return self

    def step_ids(self) -> tuple[str, ...]:
        """Give the step ids in the author's order."""
        return tuple(step.id for step in self.steps)

    def size(self) -> int:
        """See `Item.size`."""
        return len(self.steps)

    def problem(self, value: Json) -> str | None:
        """See `Item.problem`."""
        if value is None or value == []:
            return None
        if not isinstance(value, list) or not all(isinstance(step, str) for step in value):
            return f"expected a list of step ids, got {type(value).__name__}"
        if not set(value) <= set(self.step_ids()):
            return "names a step that this item does not have"
        return None if len(set(value)) == len(value) else "names a step twice"

    def in_words(self, value: Json) -> tuple[str, ...]:
        """Give the steps with their numbers, in the order of the answer, then those that have no place yet."""
        if not value:
            return ()
        texts = {step.id: step.text for step in self.steps}
        placed = (f"{place}. {texts[step]}" for place, step in enumerate(value, start=1))
        return (*placed, *(say("order-no-place", text=text) for step, text in texts.items() if step not in value))


def longest_run(given: Sequence[str], right: Sequence[str]) -> tuple[str, ...]:
    """Give a longest run of steps that stand in the right order to each other; other steps may stand between them.

    Its twin for practice is `page/run.js`.

    Parameters
    ----------
    given, right
        Step ids, each once; those of `given` are among the n of `right`. n ≤ 8, so that comparing each with each is quick.

    Returns
    -------
    tuple of str
        Ids in their right order, at least one where one is given; of several longest runs always the same one.
    """
    runs: list[tuple[str, ...]] = []
    for step in given:
        before = (run for run in runs if right.index(run[-1]) < right.index(step))
        runs.append((*max(before, key=len, default=()), step))
    return max(runs, key=len, default=())


KIND = Order
