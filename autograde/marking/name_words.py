"""Names that are words, too: Will, May, Young. Taken for names everywhere, they would garble what people write."""

import re

_LIST = """
able an april are art august autumn baker ball banks bath be beauty bell best bill bishop black blessing bliss bond brown burns bush
butler can care carer carpenter case cash chambers chance charity chase church close comfort cook court craft cross dance dawn day dear
destiny do drew early east edge else even faith farmer favour field fish flower flowers foot ford free french friday friend frost game
gates gift glory gold good goodness grace grant gray green grey guy hall hand hands hang happy hard hardy harmony he head heaven her
hill holly hood hope house hunt hurt in innocent iris ivy joy judge june just justice key keys kind king knight lake lamb lane law
leader light lily little lock long lord love low lucky major man march mark may means melody mercy miracle monday moon moses my new no
noble north odd or page park parks pass pat patience peace pearl per pleasure power powers praise precious price pride prince princess prior
progress prosper read reader rich right ring rob rock rose rush sale salt sang savage serenity sharp she short silver singer small smart
snow so song speed spring stone street strong summer sunday sung sunny sweet tall to treasure trinity trust van victory wait walker wall
ward waters way week weeks welcome well wells west white wild will winter wisdom wise wood woods word worker worth you young
"""
WORDS = frozenset(_LIST.split())
"""In small letters they are no names; nor at the beginning of a sentence, where each word has a capital, unless what follows says so."""
BEGINS = re.compile(r"(?:^|[.!?:;•\n–-])[\s\"'“‘(*]*$")
DATES = frozenset({"april", "august", "friday", "june", "march", "may", "monday", "sunday"})
"""Words that have a capital everywhere."""
DATED = re.compile(r"(?:\b(?:by|early|end of|in|last|late|next|on|since|until)|\d(?:st|nd|rd|th)?)\s+$", re.IGNORECASE)
"""What a date follows."""
NAMED = re.compile(
    r"['’]s\b|\s+(?:agree[ds]|ask(?:s|ed)|explain(?:s|ed)|repl(?:ies|ied)|said|says|tells|told|th(?:inks|ought)|want(?:s|ed))\b"
)
"""What follows a name, and no word that a sentence begins with."""


def are_words(name: str) -> bool:
    """Whether a name, or each part of it, is a word, too."""
    return all(part in WORDS for part in name.casefold().split())


def is_word(text: str, found: re.Match[str], *, spoken_to: bool = False) -> bool:
    """Whether a name that was found in a text is a word like any other there.

    Parameters
    ----------
    spoken_to
        Whether it is perhaps the name of who is spoken to: "Will, you have a good point."
    """
    name, before, after = found[0], text[: found.start()], text[found.end() :]
    if not are_words(name):
        return False
    if " " in name:
        return name[1:].islower()
    if not name.istitle() or (name.casefold() in DATES and DATED.search(before)):
        return True
    return bool(BEGINS.search(before)) and not NAMED.match(after) and not (spoken_to and after.startswith(","))
