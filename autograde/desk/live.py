"""Live: open the class for learners on this Wi-Fi, and see who is where while they work."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import segno
from markupsafe import Markup
from pydantic import ValidationError

from autograde.classes.asking import GoneError, ask
from autograde.classes.folder import Course
from autograde.classes.learner_changes import find
from autograde.classes.served import in_groups, join_code, service_of
from autograde.desk import college
from autograde.desk.following import faults
from autograde.desk.lesson import Hard, Lesson, Row, hard, rows
from autograde.desk.pages import Asked, Done, Look, Page, UnfitError
from autograde.desk.service import change_code, start, stop
from autograde.desk.standing import standing
from autograde.errors import ClassError
from autograde.gradebook.deeds import Deed
from autograde.gradebook.noted import noting


class State(StrEnum):
    """Where the class's service stands."""

    CLOSED = "closed"
    OPEN = "open"
    GONE = "gone"


@dataclass(frozen=True, kw_only=True)
class Way:
    """A way in: the address, and the same with the join code in it as a picture that a telephone reads."""

    address: str
    picture: Markup


@dataclass(frozen=True, kw_only=True)
class Resetting:
    """A PIN to be reset: whose, to be confirmed."""

    learner: str
    shown: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Live:
    """What the page shows.

    Attributes
    ----------
    gone
        Why the service cannot be asked, "" where it can.
    college
        Whether a college's server runs the service: nobody opens or closes it here.
    code
        The join code in two groups of letters.
    ways
        The ways in from this network; none where it is closed.
    plain
        Whether they are plain HTTP.
    rows, here, stuck
        Where each learner is, how many are there now, and how many of them seem to be stuck.
    faults
        What has to be told of what learners see, one sentence each.
    renewing
        Whether it is asked if the class is to have a new code.
    """

    state: State
    gone: str = ""
    college: bool = False
    code: str = ""
    ways: tuple[Way, ...] = ()
    plain: bool = True
    rows: tuple[Row, ...] = ()
    here: int = 0
    stuck: int = 0
    hard: tuple[Hard, ...] = ()
    learners: Mapping[str, str]
    given_out: bool = False
    faults: tuple[str, ...] = ()
    resetting: Resetting | None = None
    renewing: bool = False
    board: bool = False


def data(course: Course, *, resetting: str = "", renewing: bool = False, board: bool = False) -> Live:
    """Give what the page shows.

    Parameters
    ----------
    resetting
        The id of a learner whose PIN is to be reset, "" for nobody.
    renewing
        Whether the class is to have a new code.
    board
        Whether only the way in is shown, for the board: no learner.
    """
    at, found = standing(course), service_of(course)
    names = {one.shown: one.name or one.shown for one in at.learners}
    one = find(course, resetting) if resetting else None
    shown = Live(
        state=State.OPEN if found else State.CLOSED,
        learners=names,
        given_out=bool(at.workbooks),
        faults=faults(course),
        college=college.for_several(),
        resetting=Resetting(learner=one.id, shown=one.shown, name=one.name or one.shown) if one else None,
        renewing=renewing,
        board=board,
    )
    if found is None:
        return shown
    code = join_code(course)
    ways = () if found.hub else tuple(Way(address=address, picture=_picture(f"{address}#{code}")) for address in found.addresses)
    plain = not all(address.startswith("https:") for address in found.addresses)
    shown = replace(shown, college=shown.college or found.hub, code=in_groups(code), ways=ways, plain=plain)
    try:
        lesson = Lesson.model_validate(ask(course, "api/live"))
    except GoneError as error:
        return replace(shown, state=State.GONE, gone=str(error))
    except ValidationError as error:
        msg = "The service is of another version than this program. Close the class and open it again."
        raise ClassError(msg) from error
    list_ = rows(course, lesson, names)
    here, stuck = sum(row.here for row in list_), sum(row.stuck for row in list_)
    return replace(shown, rows=list_, here=here, stuck=stuck, hard=hard(course, lesson.practice))


def _picture(address: str) -> Markup:
    """Draw an address as a QR code: dark on light whatever the page's colours, as cameras want it."""
    drawn = segno.make(address, error="m", micro=False)
    made = drawn.svg_inline(
        omitsize=True, border=4, dark="#000", light="#fff", svgclass="live-qr", lineclass=None, title="QR code of the address"
    )
    return Markup(made)  # noqa: S704  drawn by the library; the address stands in it as squares alone


def _show(asked: Asked) -> Live:
    return data(asked.course, board=asked.text("board") == "1")


def _open(asked: Asked) -> Done:
    """Open the class for its learners."""
    if college.for_several():
        msg = "A college’s server runs this class: whoever looks after that server starts its service."
        raise ClassError(msg)
    _, told = start(asked.course)
    return Done(said=" ".join(["The class is open. It stays open when you close the desk, until you close it here.", *told]))


def _close(asked: Asked) -> Done:
    """Close the class."""
    stop(asked.course)
    return Done(said="The class is closed. All that learners saw as saved is kept, and they go on when it is open again.")


def _code_look(asked: Asked) -> Look:
    """Ask whether the class is to have another code."""
    return Look(shown=data(asked.course, renewing=True))


def _code(asked: Asked) -> Done:
    """Give the class another code."""
    code = change_code(asked.course)
    return Done(said=f"The class code is {code} now. The old one lets nobody in any more; whoever is signed in stays so.")


def _look(asked: Asked) -> Look:
    """Ask whether a PIN is to be reset."""
    if not asked.text("learner"):
        msg = "Pick the learner who has forgotten the PIN."
        raise UnfitError(msg, "learner")
    return Look(shown=data(asked.course, resetting=asked.text("learner")))


def _reset(asked: Asked) -> Done:
    """Reset a learner's PIN."""
    one = find(asked.course, asked.text("learner"))
    with noting(asked.course, Deed.RESET_PIN, learner=one.id):
        ask(asked.course, "api/pin-reset", {"learner": one.shown})
    return Done(said=f"The PIN of {one.name or one.shown} is reset: they pick a new one when they join next.")


PAGE = Page(
    name="live",
    title="Live",
    show=_show,
    verbs={"open": _open, "close": _close, "code-look": _code_look, "code": _code, "pin": _look, "reset": _reset},
)
