"""What the page asks the kernel: to read all that is kept, to keep an answer, to hand in. One for a workbook, whatever its cells show."""

import json
import secrets
from collections.abc import Callable, Collection
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from workbook_helpers.answers import AnswerStore, Conflict, Kept, Saved
from workbook_helpers.errors import HandInError, PaperError, SaveError, WorkbookError
from workbook_helpers.hand_in import choose_learner, hand_in, hub_user, learner_id, receipts
from workbook_helpers.items import Item, Json, Workbook, load_workbook, paper_seed
from workbook_helpers.jupyter.exchange import submit
from workbook_helpers.jupyter.widgets.log import note
from workbook_helpers.referral import MARK, Given, Referral, newest, plain, referrals
from workbook_helpers.words import use


class Session:
    """One open workbook: what the browser asks of it, a widget's script in JupyterLab or a page of ours (`answer_comm`).

    Each message of the browser has a number, and the answer to it the same one; `hosts/kernel.js` is the other end.

    ====================================================  =========================================================
    browser → Python                                      Python → browser
    ====================================================  =========================================================
    `open`; `work` (learner); `seen`; `hand-in` (learner)  `kept` (as `Kept` in types.d.ts)
    `save` (id, value, base, was)                          `saved`, `conflict` (the answer as kept, final), `refused`
    `tried` (id, tried, base)                              `kept` alone: how practice went is on disk
    any                                                   `problem` (text, about, change): not done
    ====================================================  =========================================================

    The id of an answer to a later attempt has that behind it (`Referral.kept_as`).

    The answer travels in messages, not in a synced trait, so that the browser keeps it until Python says that it is on disk
    (ipywidgets drops a trait's change without a word when the kernel is gone).
    """

    def __init__(self, folder: Path) -> None:
        self.workbook: Workbook = load_workbook(folder)
        self._store = AnswerStore(self.workbook.folder, self.workbook.id, self.workbook.items, release=self.workbook.release)
        self._copy = f"page-{secrets.token_hex(8)}"
        """Stands for the copy's name where the folder cannot be written: what a browser keeps under it is never found again."""
        self._referral: Referral | None = None
        self._others = False
        """Whether there is a referral, and none for who works here."""
        self._first: Kept | None = None
        self._news: Kept | None = None
        with suppress(SaveError):  # told when the page asks
            self._first = self._news = self._kept()
            self._refer(self._seed(self._first)[0])

    def paper(self) -> dict[str, Item]:
        """Give what is asked: place → item, as far as is known whose paper it is."""
        return self.workbook.paper(self._seed(self._first)[1] if self._first else "")

    def value(self, item: Item) -> Json:
        """Give the answer to an item as it was when the workbook was opened; None where there is none to show."""
        value = self._first.answers.get(item.id, Saved()).value if self._first else None
        return None if item.problem(value) else value

    def answer(self, message: Json) -> dict[str, Any] | None:
        """Do what a message asks, and give the answer; None for what is no message, and where that went wrong.

        Never raises: the page finds out that nothing came back, and asks again.
        """
        try:
            use(message.get("language"))
            if message.get("do") != "open":
                self._news = None  # something else is kept now
            match message:
                case {"do": "open", "n": int(n)}:
                    return _answered(n, self._open)
                case {"do": "save", "n": int(n), "id": str(name), "value": value, "base": int(base), "was": was}:
                    return _answered(n, lambda: self._save(name, value, Saved(value=was, revision=base)))
                case {"do": "tried", "n": int(n), "id": str(name), "tried": tried, "base": int(base)}:
                    return _answered(n, lambda: self._store.keep_tried(name, tried, base), lambda: {"do": "kept"})
                case {"do": "work", "n": int(n), "learner": str(learner)}:
                    return _answered(n, lambda: choose_learner(self.workbook, learner), self._open)
                case {"do": "hand-in", "n": int(n), "learner": str(learner)}:
                    return _answered(n, lambda: hand_in(self.workbook, learner.strip(), submit), self._open)
                case {"do": "seen", "n": int(n)}:
                    return _answered(n, self._store.seen, self._open)
        except Exception:
            note("a message was not answered", error=True)
        return None

    def _kept(self) -> Kept:
        return self._store.kept(seed=self.workbook.draws() and not self.workbook.pools)

    def _seed(self, kept: Kept) -> tuple[str, str]:
        """Give who the learner is, and the seed; where items are drawn, both are fixed, so that nobody picks an easy paper."""
        if not self.workbook.pools:
            return learner_id(self.workbook), kept.seed
        learner = hub_user() or kept.learner
        return learner, paper_seed(self.workbook.about.class_id, self.workbook.id, learner) if learner else ""

    def _refer(self, learner: str) -> bool:
        """Take the referral that holds for this learner; say whether one waits for who its learner is."""
        found = referrals(self.workbook)
        self._referral = next((one for one in reversed(found) if learner and one.is_for(learner)), None)
        self._others = bool(found and learner and not self._referral)
        return bool(found) and not learner

    def _takes(self, name: str, item: Item) -> bool:
        """Whether an answer can be kept under this name: one of a later attempt if the referral opens it.

        A page that was opened before the referral came goes on with the first attempt; what is typed there is kept aside.
        """
        return MARK not in name or bool(self._referral and self._referral.opens(item) and name == self._referral.kept_as(item.id))

    def _open(self) -> dict[str, Any]:
        """Read once; the first page after the start goes by what was read then."""
        kept, self._news = self._news or self._kept(), None
        learner, seed = self._seed(kept)
        if self.workbook.pools and learner and (kept.learner, kept.seed) != (learner, seed):
            self._store.draw(learner, seed)
        asks = self._refer(learner)
        items = self.workbook.items
        answers = self._referral.standing(items, kept.answers, _first) if self._referral else plain(kept.answers)
        aside = self._referral.aside(items, kept.answers, lambda saved: saved.value) if self._referral else {}
        attempt = self._referral.attempt if self._referral else 1
        return {
            "do": "kept",
            "copy": kept.copy or self._copy,
            "answers": {name: self._shown(name, saved) for name, saved in answers.items()},
            "learner": learner,
            "known": learner_id(self.workbook),
            "seed": seed,
            "earlier": self._earlier(),
            "notices": self._notices(kept),
            "receipts": [receipt.shown() for receipt in receipts(self.workbook) if receipt.attempt == attempt],
            "referral": self._referral.public() if self._referral else None,
            "aside": {name: saved.value for name, saved in aside.items()},
            "asks": asks,
        }

    def _shown(self, name: str, saved: Saved) -> dict[str, Any]:
        item = self.workbook.items.get(name)
        value = _sendable(saved.value) if item is None or item.problem(saved.value) else saved.value
        return vars(saved) | {"value": value, "other": saved.other and self._shown(name, saved.other)}

    def _save(self, name: str, value: Json, base: Saved) -> dict[str, Any]:
        item = self.workbook.items.get(name.partition(MARK)[0])
        if item is None or (problem := item.problem(value)):
            note("%s was not saved: it %s", name, "is no item" if item is None else problem)
            return {"do": "refused"}
        if not self._takes(name, item):
            note("%s was not saved: it is not to be answered again", name)
            return {"do": "refused"}
        begins = self._referral.begins(self.workbook.items) if self._referral else {}
        outcome = self._store.put(name, value, base, begins=_first(begins[name]) if name in begins else None)
        if isinstance(outcome, Conflict):
            return {"do": "conflict", "final": outcome.final, **self._shown(item.id, outcome.current)}
        return {"do": "saved", **self._shown(item.id, outcome)}

    def _notices(self, kept: Kept) -> list[dict[str, str]]:
        """Give what the student should know of the answers file, each as a name of the catalogue and its values."""
        mended = kept.mended
        found = [] if mended is None else [{"id": "page-mended" if mended.since else "page-lost-answers", "at": mended.since}]
        if self._others:
            found.append({"id": "referral-other", "learner": self._seed(kept)[0], "place": "disk"})
        return found + [{"id": "page-stranger", "name": name, "at": at.isoformat()} for name, at in self._store.strangers()]

    def _earlier(self) -> dict[str, dict[str, Json]]:
        """Give the student's answers to items of other workbooks that lie beside this one, where an item looks back at them."""
        wanted = self.workbook.looks_back()
        return {
            name: saved for short in {name.partition("-")[0] for name in wanted} for name, saved in self._elsewhere(short, wanted).items()
        }

    def _elsewhere(self, short: str, wanted: Collection[str]) -> dict[str, dict[str, Json]]:
        """Give those of the wanted answers that are kept for the workbook with this id."""
        for folder in self.workbook.folder.parent.glob(f"{short}-*"):
            with suppress(WorkbookError):
                other = _beside(folder)
                kept = AnswerStore(folder, other.id, other.items).saved()
                found = {name: saved for name in wanted if name in other.items and (saved := newest(kept, name))}
                return {name: saved.brief() for name, saved in found.items() if not other.items[name].problem(saved.value)}
        return {}


@lru_cache(maxsize=16)
def _beside(folder: Path) -> Workbook:
    """Read another workbook, once: as with the one that is open, what an author changes counts when the kernel starts anew."""
    return load_workbook(folder)


@lru_cache(maxsize=1)
def open_session(folder: Path) -> Session:
    """Give the session of the workbook in `folder`, the same one until another folder is asked for."""
    return Session(folder)


def answer_comm(comm: Any, _opening: object) -> None:
    """Answer a page of ours: it opens a comm, and each of its messages is one of `Session`'s, as JSON."""

    def answer(message: dict[str, Any]) -> None:
        asked = json.loads(message["content"]["data"]["asked"])
        try:
            reply = open_session(Path.cwd()).answer(asked)
        except (WorkbookError, OSError) as error:  # its files were damaged since the page was made
            note("the workbook cannot be read", error=True)
            reply = {"n": asked.get("n"), "do": "problem", "text": str(error)}
        if reply is not None:
            comm.send(reply)

    comm.on_msg(answer)


def _answered(n: int, *steps: Callable[[], Any]) -> dict[str, Any]:
    try:
        result = [step() for step in steps][-1]
    except (HandInError, SaveError) as error:
        change = isinstance(error, PaperError) and not hub_user()
        result = {"do": "problem", "text": str(error), "about": getattr(error, "about", ""), "change": change}
    return {"n": n, **result}


def _first(given: Given) -> Saved:
    return Saved(value=given.value, saved_at=given.saved_at)


def _sendable(value: Json) -> Json:
    """Give what stands in the place of an answer, written by something else, as a message can carry it."""
    try:
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return {"unreadable": True}
    return value
