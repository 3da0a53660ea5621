"""What a kill has left undone in a class and is done to its end when the desk opens it, as each command does, too."""

from autograde.classes.folder import Course
from autograde.desk.work import Worker
from autograde.errors import ClassError
from autograde.inbox.merge import finish as finish_merges
from autograde.inbox.merged import cut_off
from autograde.records.erasure import finish
from autograde.whole import ERASING, STAGE


def end_unfinished(course: Course, worker: Worker) -> None:
    """Do an erasure to its end that was cut off, then the merges that were; every page says so."""
    erasing, merging = (course.root / STAGE / ERASING).is_file(), bool(cut_off(course))
    what = " and ".join([*(["an erasure"] if erasing else []), *(["a merge"] if merging else [])])
    if what:
        were = "were" if erasing and merging else "was"
        worker.start(f"Ending {what} that {were} cut off", lambda _: _ended(course, erasing=erasing), page="learners")


def _ended(course: Course, *, erasing: bool) -> str:
    """Say what was ended; ClassError if one of the two cannot be: the other one is, and it says so, too."""
    told, faults = list[str](), list[ClassError | OSError]()
    for end in (_end_erasure, finish_merges) if erasing else (finish_merges,):
        try:
            told += end(course)
        except ClassError as error:
            told.append(str(error))
            faults.append(error)
        except OSError as error:
            told.append(f"{error.filename or 'A file'} cannot be used ({error.strerror}). See that the disk has room.")
            faults.append(error)
    if faults:
        raise ClassError(" ".join(told)) from faults[0]
    return " ".join(told)


def _end_erasure(course: Course) -> tuple[str]:
    erased = finish(course)
    return (f"{erased} is erased." if erased else "The erasure was ended by a command meanwhile.",)
