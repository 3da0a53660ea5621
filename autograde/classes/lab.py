"""The system accounts by which learners' own JupyterLabs run on a college's hub: how each is called, and whose it is."""

import hashlib
import re

from autograde.classes.folder import Course
from autograde.classes.served import is_served, served_folder
from workbook_helpers.items import clean_id
from workbook_helpers.served.folder import Folder

PLAIN = re.compile(r"[a-z][a-z0-9-]{0,23}")


def account_of(user: str) -> str:
    """Give the name of somebody's system account: "lab-" and the name, or what stands for it where it is no plain one."""
    return f"lab-{user if PLAIN.fullmatch(user) else hashlib.sha256(user.encode()).hexdigest()[:24]}"


def learners_by_account(course: Course) -> dict[str, str]:
    """Give system account → learner's id, of a class that a hub may serve; the accounts need not be there."""
    learners = Folder(served_folder(course)).about().learners if is_served(course) else ()
    return {account_of(clean_id(one.hub).lower() or one.key): one.id for one in learners}
