"""A tutor chooses a workbook, and the platform gets a link to it that this tool alone can have signed."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jwt
import pytest

from tests.lti.reference import CLAIM, CLIENT, DEPLOYMENT, TEACHER, Reference
from tests.tutor.conftest import ASSIGNMENT
from workbook_helpers.lti.key import read_key
from workbook_helpers.lti.launch import CHOOSE, LINKING, ForgedError, Launch, read
from workbook_helpers.lti.links import DATA, ITEMS, Choice, choices, page
from workbook_helpers.lti.platforms import read_settings


def asked(college: Path, platform: Reference, roles: list[str] | None = None, **linking: Any) -> Launch:
    wanted = {"deep_link_return_url": f"{platform.address}/return?x=1", "accept_types": ["ltiResourceLink"], "data": "keep <me>"}
    kind = {f"{CLAIM}message_type": CHOOSE, f"{CLAIM}roles": roles or [TEACHER], LINKING: wanted | linking}
    return read(read_settings(college).platforms[0], platform.claims(nonce="n", **kind))


def choose(college: Path, launch: Launch) -> list[Choice]:
    settings = read_settings(college)
    return choices(settings, settings.of("a"), launch, read_key(college))


def test_the_answer_is_a_link_that_lands_on_the_workbook(college: Path, platform: Reference, released: Path) -> None:
    [choice] = choose(college, asked(college, platform))
    said = platform.linked(choice.answer)
    assert (said["iss"], said["aud"], said[DATA]) == (CLIENT, [platform.address], "keep <me>")
    assert said[f"{CLAIM}deployment_id"] == DEPLOYMENT
    assert said[f"{CLAIM}message_type"] == "LtiDeepLinkingResponse"
    [item] = said[ITEMS]
    assert (item["type"], item["title"]) == ("ltiResourceLink", "A small workbook")
    assert item["url"] == f"https://hub.example.ac.uk/services/class-a/{ASSIGNMENT}.html"
    assert item["lineItem"]["resourceId"] == ASSIGNMENT
    assert item["lineItem"]["scoreMaximum"] == 12
    assert "answer" not in str(said).replace("answers", "")


def test_no_column_where_the_platform_wants_none(college: Path, platform: Reference, released: Path) -> None:
    [choice] = choose(college, asked(college, platform, accept_lineitem=False))
    assert "lineItem" not in platform.linked(choice.answer)[ITEMS][0]


def test_the_platform_takes_no_answer_that_is_not_ours(college: Path, platform: Reference, released: Path) -> None:
    [choice] = choose(college, asked(college, platform))
    head, body, _ = choice.answer.split(".")
    claims = platform.linked(choice.answer)
    for forged in (f"{head}.{body}.", jwt.encode(claims, "", algorithm="none"), platform.sign(claims, kid=platform.tool["keys"][0]["kid"])):
        with pytest.raises(jwt.PyJWTError):
            platform.linked(forged)
    with pytest.raises(AssertionError, match="once"):
        platform.linked(choice.answer)


@pytest.mark.parametrize(
    ("roles", "linking"),
    [
        (["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"], {}),
        ([TEACHER], {"accept_types": ["link"]}),
        ([TEACHER], {"accept_types": None}),
        ([TEACHER], {"deep_link_return_url": "http://evil.example/"}),
        ([TEACHER], {"deep_link_return_url": "javascript:alert(1)"}),
        ([TEACHER], {"deep_link_return_url": None}),
        ([TEACHER], {"deep_link_return_url": "https://x.example/;script-src *"}),
    ],
)
def test_who_does_not_teach_or_where_no_link_is_taken_gets_none(
    roles: list[str], linking: dict[str, Any], college: Path, platform: Reference, released: Path
) -> None:
    with pytest.raises(ForgedError):
        choose(college, asked(college, platform, roles, **linking))


class Forms(HTMLParser):
    """The forms of a page, and what runs in it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms, self.inputs, self.scripts = list[str](), list[str](), 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form":
            self.forms.append(str(found["action"]))
        if tag == "input":
            self.inputs.append(str(found["value"]))
        self.scripts += tag == "script"


def test_the_page_posts_to_the_platform_and_says_no_markup_of_its(college: Path, platform: Reference, released: Path) -> None:
    launch = replace(asked(college, platform), title="<script>x</script>")
    found = choose(college, launch)
    html, policy = page(launch, read_settings(college).of("a"), found)
    forms = Forms(html)
    assert forms.forms == [f"{platform.address}/return?x=1"]
    assert forms.inputs == [found[0].answer]
    assert not forms.scripts
    assert "default-src 'none'" in policy
    assert f"form-action https: {platform.address};" in policy  # the platform may lead on to another of its hosts
    assert re.search(rf"frame-ancestors {re.escape(platform.address)}$", policy)


def test_a_class_with_nothing_given_out_says_so(college: Path, platform: Reference) -> None:
    launch = asked(college, platform)
    html, _ = page(launch, read_settings(college).of("a"), choose(college, launch))
    assert "Nothing has been given out in this class yet" in html
