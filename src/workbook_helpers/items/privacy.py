"""What may tell who a person is: patterns and words by which the page (`page/signs.js`) looks while one types.

For a warning in words, never for a refusal: a single first name, a nickname and a room number go unnoticed, and a brand of two
capitalised words is taken for a name.
"""

from enum import StrEnum

from workbook_helpers.items.base import Json


class Sign(StrEnum):
    """What a piece of text looks like."""

    NAME = "name"
    PHONE = "phone"
    NHS_NUMBER = "nhs-number"
    POSTCODE = "postcode"
    EMAIL = "email"
    ADDRESS = "address"


_UPPER, _WORD = "[A-ZÀ-ÖØ-Þ]", "[A-Za-zÀ-ÖØ-öø-ž'’-]"
_NAMELIKE = f"{_UPPER}{_WORD}+"
_STREET = (
    "Street|Road|Avenue|Lane|Close|Drive|Way|Court|Crescent|Gardens|Grove|Place|Terrace|Square|Hill|Rise|Walk|Mews|Park|Row|Green|View"
)

# For JavaScript: no look-behind (older Safari); what is found is group 1.
PATTERNS: dict[Sign, str] = {
    Sign.EMAIL: r"([^\s@<>(),;]{1,64}@[^\s@<>(),;]{1,250}\.[A-Za-z]{2,20})",
    Sign.NHS_NUMBER: r"(?:^|[^\d])(\d{3}[ -]?\d{3}[ -]?\d{4})(?!\d)",
    Sign.PHONE: r"(?:^|[^\d])((?:(?:\+|00)44[ -]?(?:\(0\)[ -]?)?|\(?0)[1-35789](?:[ ()-]{0,2}\d){8,9})(?!\d)",
    Sign.POSTCODE: r"(?:^|[^A-Za-z0-9])([A-Za-z]{1,2}\d[A-Za-z\d]? {0,2}(?!\d(?:st|nd|rd|th)(?![A-Za-z]))"
    r"\d[ABD-HJLNP-UW-Zabd-hjlnp-uw-z]{2})(?![A-Za-z0-9])",
    Sign.ADDRESS: rf"(?:^|[^A-Za-z0-9])(\d{{1,4}}[A-Za-z]?,? (?:(?:{_NAMELIKE} ){{1,3}}(?:{_STREET}|St|Rd|Ave)"
    rf"|{_WORD}{{3,}} (?:street|road|avenue|crescent|terrace)))(?![A-Za-z])",
    # "miss" alone is a verb and "dr" may begin anything, so those need their capital; "mrs hill" has no other meaning.
    Sign.NAME: rf"(?:^|[^A-Za-z])((?:(?:[Mm]r|[Mm]rs|[Mm]x|MR|MRS)\.? +{_WORD}{{2,}}"
    rf"|(?:Ms|Miss|Dr|Doctor|Prof|Professor|Rev|Sir|Dame|Lady|Lord|Nurse|Sister|Auntie|Aunty|Aunt|Uncle|Nana|Grandad)\.? +{_NAMELIKE}))",
}
"""Sign → pattern; in the order in which they are looked for, as what one has found no later one looks at again."""

DATE = r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}"
"""Left out before looking: a date and a time together have as many digits as a telephone number."""

PAIR = rf"({_WORD}+)[ \t]+(?={_UPPER})({_WORD}+)"
ROLE = "^(?:Doctor|Nurse|Sister|Lady|Lord|Professor)"
"""Titles that are jobs as well: no name follows in "Nurse Manager". After "Mrs" any word is one, "Hall" and "March" too."""
STREET = "^(?:Street|Road|Avenue|Crescent|Terrace|Gardens|Mews|Drive)$"

ORDINARY = frozenset(
    str.split("""
a about academy accessible act activities activity acts acute administration adult adults advanced advice advocacy advocate after
afternoon afterwards again agency alarm all allergies allergy allied also although alzheimer an and annual approved april are area
as ask asked assessment assistant assistive associate at august authority autumn awarding awareness away bank basic bathroom
because bed before behaviour best between birthday blood board body boiler both boxing breakfast british building bus but by cafe
caldicott call called capacity care carer carers catheter celebration centre certificate charity chart checklist choice christmas
church city civil class client clients clinic clinical code college commission common communication community competence conduct
confidentiality conversation coordinator corridor council county course covid critical daily data day days deaf december dementia
dental department deprivation deputy diabetes did diet dignity dining dinner diploma director disability disabled discharge
district do doctor does domestic during duty each early east easter education eid eight eighteen emergency employment end england
english entitlement equal equality equipment european evening every everyone evidence february feedback finally fire first five
fluid food for form forms foundation four framework freedom friday friend friends from fundamental garden gave general good
government gp group guidance had hall hand handling handover has have he head health healthcare helpline her here his history
hoist home hospice hospital house how however hub human hygiene i if in incident independence independent individual individuals
induction infection information inspection inspector intake intermediate international is isolation it its january job july june
just keep kingdom kitchen last law lead learner learning legal level liaison liberty life line living local lodge lounge lunch
made management manager mandatory manual march may me medical medication medicine medicines meeting mental met middle minister
mobility monday monitor monitoring month morning most moving museum my national new next nhs night nine no noon north northern
november now number nurse nursing nutrition observation occupational october of office officer on one open optional oral our out
outstanding over oxygen package pain palliative parkinson parliament partnership passport pathway patient person personal
pharmacist pharmacy physical plan please police policy post practice practitioner pressure prevention primary principle principles
privacy private procedure procedures product professional programme protection protocol provider public qualification quality race
ramadan reablement record records reference reflective regional registered regulation regulations rehabilitation relationship
relationships relief religion report reports resident residents resource respite resuscitation review right rights risk river role
room rota royal safe safeguarding safety saturday sbar school score scotland scottish sea second secondary section security senior
september service services seven shadowing she sheet shift shop should since six skills skin sling so social society some
sometimes south specialist speech spoke spring staff standard standards started state statement stroke student summer sunday
supermarket supervision supervisor support supported surgery system team technology ten that the theatre their them then therapist
therapy there these they third this those though three thursday to today together took tool town training transfer transport trust
tuesday twice two uk under understanding union unison unit united university until used vaccination visit visitor visitors
vocational volunteer vulnerable wales ward was we wednesday week weekly welfare well wellbeing welsh went were west what
wheelchair when where which while whistleblowing who why will winter with without witness work worker workers working workplace
world year years yes yesterday yet you your zoo
""")
)
"""Words, in small letters, that begin with a capital without being a name: of two capitalised words, neither may be one."""


def rules() -> dict[str, Json]:
    """Give all of it as the page takes it: `PrivacyRules` in `page/types.d.ts`."""
    return {
        "date": DATE,
        "patterns": [[sign.value, pattern] for sign, pattern in PATTERNS.items()],
        "pair": PAIR,
        "role": ROLE,
        "street": STREET,
        "ordinary": " ".join(sorted(ORDINARY)),
    }
