"""A second look: what it says of answers whose faults are known, and that it never says more than it may."""

import dataclasses
import itertools
import re
import subprocess
import sys
import time

import pytest

from autograde.content import home, load_rubrics, load_samples
from autograde.errors import ClassError
from autograde.hints import Labelled, hints, hints_by, learn
from autograde.hints.look import kept
from autograde.hints.signs import SIGNS, signs_of
from autograde.hints.wording import UNSAFE, listed, own_work, unsafe

GOOD = (
    "I work in a care home. One evening a lady said she wanted tea in her room, because the noise hurts her. I asked her if I may tell her "
    "daughter, and she nodded. I told the nurse at handover and wrote it in the care plan. After two weeks she eats better."
)
FEW = "Teams communicate and everybody respects others."
LONG = 100_000
HOSTILE = {
    "no end of a condition": "if he ",
    "no end of a call": "tell ",
    "no end of a colleague": "daughter ",
    "a sentence with all of it": "if he tell daughter not anybody called i leave out the ",
    "opening quotes": "‘",
    "apostrophes": " 'a",
    "quotes": '"',
    "curly quotes": "“",
    "blanks": " ",
    "full stops": ". ",
    "lines": "\n",
    "bullets": "- \n",
    "one letter": "a",
    "an open verb": "i e",
    "marks": "<b>\x00\u202e</b>",
}


@pytest.fixture(scope="module")
def own() -> tuple[Labelled, ...]:
    found = []
    for path in sorted((home() / "samples").glob("*.toml")):
        rubrics = load_rubrics(path.stem).rubrics
        for one in load_samples(path.stem).samples:
            found.append(Labelled(task=one.task, rubric=rubrics[one.task], text=one.text, must_see=tuple(one.must_see)))
    return tuple(found)


def test_what_is_kept_is_what_the_samples_teach(own: tuple[Labelled, ...]) -> None:
    again, look = learn(own), kept()
    assert len(own) >= 50
    assert again.bias == pytest.approx(look.bias, abs=1e-6)
    assert again.weights == pytest.approx(look.weights, abs=1e-6)
    for (mean, spread), (mean_kept, spread_kept) in zip(again.usual, look.usual, strict=True):
        assert (mean, spread) == pytest.approx((mean_kept, spread_kept), abs=1e-6)


def test_points_missing_from_a_task_never_seen_are_found(own: tuple[Labelled, ...]) -> None:
    right = called = missing = likely = likely_right = 0
    tasks = sorted({one.task for one in own})
    for held in (tasks[first::5] for first in range(5)):
        look = learn(one for one in own if one.task not in held)
        for one in (one for one in own if one.task in held):
            found = [hint for hint in hints_by(look, one.rubric, one.text) if hint.kind == "missing"]
            right += sum(not one.must_see[hint.point or 0] for hint in found)
            likely_right += sum(not one.must_see[hint.point or 0] for hint in found if hint.sure == "likely")
            likely += sum(hint.sure == "likely" for hint in found)
            called += len(found)
            missing += one.must_see.count(False)
    assert right >= 0.8 * called, f"{right} of {called} called missing are missing"
    assert right >= 0.7 * missing, f"{right} of {missing} missing are found"
    assert likely_right >= 0.85 * likely, f"{likely_right} of {likely} likely ones are missing"
    assert 0 < likely < called


def test_no_library_is_loaded_for_a_hint_and_the_first_comes_soon(own: tuple[Labelled, ...]) -> None:
    code = (
        "import sys, time\nfrom autograde.content import load_rubrics\nrubric = load_rubrics('w01').rubrics['w01-t01']\n"
        "start = time.process_time()\nfrom autograde.hints import hints\nfound = hints(rubric, sys.argv[1])\n"
        "print(len(found), 'sklearn' in sys.modules or 'numpy' in sys.modules, time.process_time() - start < 2)"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code, FEW], capture_output=True, text=True, check=True)
    said = hints(load_rubrics("w01").rubrics["w01-t01"], FEW)
    assert done.stdout.split() == [str(len(said)), "False", "True"]
    assert {hint.kind for hint in said} == {"missing", "own work"}


def test_the_words_it_rests_on_lie_in_the_answer(own: tuple[Labelled, ...]) -> None:
    for one in own:
        for hint in hints(one.rubric, one.text):
            assert hint.sure == "not sure" or hint.kind == "missing"
            assert all(0 <= start < end <= len(one.text) for start, end in hint.spans)
            assert (hint.point is None) == (hint.kind != "missing")


def test_a_word_processors_apostrophe_changes_nothing(own: tuple[Labelled, ...]) -> None:
    for one in own:
        text = re.sub(r"(?<=\w)'(?=\w)", "’", one.text)
        assert hints(one.rubric, text) == hints(one.rubric, re.sub(r"(?<=\w)’(?=\w)", "'", one.text))


def test_speech_in_straight_or_curly_quotes_is_a_sign_and_an_x_is_none() -> None:
    for text in (
        'She said "please stay here"',
        "She said “please stay here”",
        "She said 'please stay here'",
        "She said ‘please stay here’",
    ):
        assert signs_of(text.replace("’", "'"))["words"] == (True,), text
    assert signs_of("The next box is full, 2 of them.")["words"] == (False,)


def test_a_list_is_a_hint_where_reasons_are_asked_and_only_there(own: tuple[Labelled, ...]) -> None:
    text = "The reasons are\n- safety\n- trust\n- respect for all\n- less stress\n"
    explain = next(one.rubric for one in own if one.rubric.verb == "explain")
    describe = next(one.rubric for one in own if one.rubric.verb == "describe")
    assert [text[slice(*span)] for hint in hints(explain, text) if hint.kind == "list" for span in hint.spans][1] == "- safety"
    assert not [hint for hint in hints(describe, text) if hint.kind == "list"]
    reasoned = text.replace("safety", "safety, because she could fall").replace("trust", "trust, so that she tells us")
    assert not [hint for hint in hints(explain, reasoned.replace("- less stress\n", "")) if hint.kind == "list"]
    for mark in ("* ", "• ", "– ", "1. ", "12) ", "a. "):
        assert len(listed("\n".join(f"{mark}one thing of use to all of them" for _ in range(3)))) == 3, mark
        assert not listed("\n".join(f"{mark}I stay calm, because a raised voice frightens her." for _ in range(4))), mark


def test_nothing_of_own_work_is_a_hint_where_own_work_is_asked(own: tuple[Labelled, ...]) -> None:
    rubric = own[0].rubric
    assert [hint.kind for hint in hints(rubric, FEW) if hint.kind == "own work"]
    for text in (GOOD, "We asked the nurse last week.", "My manager went there once.", "i asked her, and i wrote it down."):
        assert not [hint for hint in hints(rubric, text) if hint.kind == "own work"], text
    assert not own_work("There was help, i.e. the nurse went there once.")
    unasked = rubric.model_copy(update={"workplace_check": "None: a question about the law."})
    assert not [hint for hint in hints(unasked, FEW) if hint.kind == "own work"]


def test_of_a_point_in_unknown_words_nothing_is_said(own: tuple[Labelled, ...]) -> None:
    rubric = own[0].rubric
    strange = rubric.model_copy(update={"must_see": (rubric.must_see[0], "The melting point of lead.")})
    assert {hint.point for hint in hints(strange, FEW) if hint.kind == "missing"} == {0}


@pytest.mark.parametrize(
    ("said", "about"),
    [
        ("She told me that he pushes her and I kept it to myself.", "kept secret"),
        ("I didn’t tell anyone.", "kept secret"),
        ("I hold his wrists down on the chair.", "restraint"),
        ("I gave him my own mobile number.", "private phone"),
        ("I support Mrs Smithson from the second floor.", "somebody may be known"),
        ("I leave out her sleeping tablets.", "outside the role"),
        ("Her son decides what she wears.", "decided over the person"),
        ("She decides everything for him.", "decided over the person"),
        ("He bites us, and that is part of the job.", "the learner at risk"),
        ("We were told abuse is part of the job.", "the learner at risk"),
        ("He says it is part of the job to be hit.", "the learner at risk"),
        ("Her son slips me a tenner.", "money or gifts"),
        ("She gave me 50p for it.", "money or gifts"),
        ("I locked the doors so that she could not leave.", "restraint"),
        ("I WhatsApped her daughter a picture.", "private phone"),
        ("They have both of my own numbers.", "private phone"),
        ("I used my friend's logins.", "records"),
    ],
)
def test_wording_that_sounds_unsafe_is_shown_with_its_words_and_never_as_likely(own: tuple[Labelled, ...], said: str, about: str) -> None:
    text = f"{GOOD} {said}"
    found = [hint for hint in hints(own[0].rubric, text) if hint.kind == "unsafe"]
    assert [(hint.about, hint.sure) for hint in found] == [(about, "not sure")]
    assert all(start > len(GOOD) for start, _ in found[0].spans)
    assert not [hint for hint in hints(own[0].rubric, GOOD) if hint.kind == "unsafe"]


@pytest.mark.parametrize(
    "text",
    [
        "I emptied the catheter bag and untied her apron.",
        "I reinforced her confidence.",
        "I unlock the door for the visitor, and block her view of the screen.",
        "He decides what he eats.",
        "She knows her right to know everything about her care.",
        "Keeping records is part of the job, and part of the job description.",
        "She gave me ten minutes to think.",
        "Reporting abuse is part of the job, and so is to know the signs of abuse: that is part of the job to get right.",
    ],
)
def test_everyday_words_of_care_are_not_called_unsafe(text: str) -> None:
    assert unsafe(text) == ()


@pytest.mark.parametrize("text", ["", "   \n", "I do not know"])
def test_nothing_is_said_of_nothing(own: tuple[Labelled, ...], text: str) -> None:
    assert hints(own[0].rubric, text) == ()


def test_from_answers_that_are_all_alike_nothing_can_be_learned(own: tuple[Labelled, ...]) -> None:
    for answers in ([], [dataclasses.replace(one, must_see=(True,) * len(one.must_see)) for one in own]):
        with pytest.raises(ClassError, match="Nothing can be learned"):
            learn(answers)


def test_the_same_answer_gets_the_same_hints_and_soon(own: tuple[Labelled, ...]) -> None:
    first = [hints(one.rubric, one.text) for one in own]
    start = time.process_time()
    assert [hints(one.rubric, one.text) for one in own] == first
    assert (time.process_time() - start) / len(own) < 0.05


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_of_a_hundred_thousand_characters_takes_long(own: tuple[Labelled, ...], name: str) -> None:
    text = "one two three four five " + (HOSTILE[name] * (LONG // len(HOSTILE[name]) + 1))[:LONG] + "!"
    start = time.process_time()
    hints(own[0].rubric, text)
    assert time.process_time() - start < 2


def test_no_pattern_runs_without_bound_between_words() -> None:
    patterns = [*itertools.chain.from_iterable(SIGNS.values()), *UNSAFE.values()]
    assert not [pattern for pattern in patterns if re.search(r"(?<!\\)\.[*+]|\](\*|\+|\{\d+,\})", pattern)]
    assert unsafe("nothing") == ()
