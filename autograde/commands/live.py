"""Open a class for its learners on one network."""

from pathlib import Path
from typing import Annotated

import typer

from autograde.commands.console import COURSES, class_at, out, take_served


def live(
    folder: Annotated[Path, typer.Argument(metavar="CLASS", help="The class folder; the one that you are in if not given.")] = Path(),
    *,
    stop: Annotated[bool, typer.Option(help="Close the class.")] = False,
    new_code: Annotated[bool, typer.Option("--new-code", help="Give the class another code; who is signed in stays so.")] = False,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="That of the last time if not given, else the first free one from 8080 on.")
    ] = None,
    certificate: Annotated[Path | None, typer.Option(metavar="FILE", help="A certificate (PEM), for HTTPS.")] = None,
    key: Annotated[Path | None, typer.Option(metavar="FILE", help="The certificate's key (PEM).")] = None,
) -> None:
    """Open the class for learners on this Wi-Fi.

    They open the address in a browser, join with the class code, their ID and a PIN that they pick, and hand in without a
    file. It stays open until autograde live --stop, or the page Live of the desk closes it; there you also see who is where.
    Without a certificate it is plain HTTP, which others on the same network can read with the right tools.

    Example: [bold]autograde live[/]
    """
    from autograde.classes.folder import find_course
    from autograde.classes.served import in_groups, join_code
    from autograde.commands.summary import next_steps, say
    from autograde.desk import service
    from autograde.errors import ClassError

    if stop:
        closed = find_course(folder.absolute())  # whatever else is to be ended in the class may wait for this
        COURSES.append(closed)
        service.stop(closed)
        say(out, "The class is closed. All that learners saw as saved is kept.", "bold")
        take_served(closed)
        return
    course = class_at(folder.absolute())
    if new_code:
        say(out, f"Class code: {service.change_code(course)}. The old one lets nobody in any more.", "bold")
        return
    if (certificate is None) != (key is None):
        msg = "A certificate needs its key, and a key its certificate: give both, --certificate FILE --key FILE."
        raise ClassError(msg)
    more = ["--certificate", str(certificate.absolute()), "--key", str(key.absolute())] if certificate and key else []
    found, told = service.start(course, port, more=more)
    for address in found.addresses:
        say(out, f"Address:    {address}", "bold")
    say(out, f"Class code: {in_groups(join_code(course))}", "bold")
    for text in told:
        say(out, text, "yellow")
    if not more:
        say(out, "It is plain HTTP: others on this network can read it with the right tools. Use a network that you trust.", "yellow")
    next_steps(
        out, ["autograde desk    Live shows who is where, and takes in what they hand in", "autograde live --stop    closes the class"]
    )
