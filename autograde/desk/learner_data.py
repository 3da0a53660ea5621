"""What is kept of one learner: all of it as a file for that person, and its erasure."""

from pathlib import Path
from tempfile import TemporaryDirectory

from autograde.desk.holders import release_gradebook
from autograde.desk.pages import Asked, File, UnfitError
from autograde.records.erasure import Erasure, erase, plan
from autograde.text import count


def export(asked: Asked) -> File:
    """Give all that the class holds of a learner, to be given to that person."""
    from autograde.reports.learner_export import export_learner

    with TemporaryDirectory(prefix="autograde-export-") as private:
        file = export_learner(asked.course, asked.text("learner"), Path(private) / "all-that-is-kept.zip")
        return File(name=file.name, data=file.read_bytes(), type="application/zip")


def do_erase(asked: Asked) -> Erasure:
    """Erase a learner, once the id was typed."""
    planned = plan(asked.course, asked.text("learner"))
    if asked.text("id").casefold() != planned.learner.shown.casefold():
        msg = f"That is not the id {planned.learner.shown}. Nothing was erased."
        raise UnfitError(msg, "id")
    asked.worker.refuse_while_working()  # it would write what it has read of the learner
    release_gradebook(asked.course)
    return erase(asked.course, planned.learner.id)


def in_words(done: Erasure) -> str:
    """Say that a learner is erased, how many copies hold that learner still, and how much there is to decide; each is listed apart."""
    copies = count(len(done.copies), "backup or other file", "backups and other files")
    backups = [f"{copies} {'holds' if len(done.copies) == 1 else 'hold'} that learner still."] if done.copies else []
    left = [f"{count(len(done.to_decide), 'thing is', 'things are')} left for you to decide, below."] if done.to_decide else []
    return " ".join([f"{done.learner.shown} is erased.", *backups, *left, done.outside])
