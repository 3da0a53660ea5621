"""Whether Python and the packages are those that this program needs, and our own two of one version."""

import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution, version

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from autograde.doctor.finding import Finding, Looked, looked

OURS = ("autograde", "workbook-helpers")
SHOWN = ("nbgrader", "jupyterlab", "notebook", "jupyter-server", "voila")


def programs() -> Looked:
    """Look at Python, nbgrader, Jupyter's parts, and our own."""
    there = [f"{name} {found}" for name in SHOWN if (found := _version(name))]
    return looked("programs", ", ".join([f"Python {platform.python_version()}", *there]), _faults())


def _faults() -> Iterator[Finding]:
    ours = {name: _version(name) for name in OURS}
    for name, found in ours.items():
        if not found:
            yield Finding(text=f"The package {name} is not installed. Start autograde by start.py, or install the project again.")
            continue
        about = distribution(name)
        needs = about.metadata["Requires-Python"] or ""
        if not SpecifierSet(needs).contains(platform.python_version(), prereleases=True):
            yield Finding(text=f"{name} needs Python {needs}, and this is {platform.python_version()}. Install it with a newer Python.")
        for requirement in map(Requirement, about.requires or ()):
            yield from _unmet(name, requirement)
    if all(ours.values()) and len(set(ours.values())) > 1:
        both = " and ".join(f"{name} {found}" for name, found in ours.items())
        yield Finding(text=f"{both} do not belong together. Install both from the same version of the project.")


def _unmet(ours: str, requirement: Requirement) -> Iterator[Finding]:
    if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
        return
    found = _version(requirement.name)
    if not found or not requirement.specifier.contains(found, prereleases=True):
        what = f"{requirement.name} is {found or 'not installed'}"
        wanted = f"{requirement.name}{requirement.specifier}"
        yield Finding(text=f'{what}, and {ours} needs {requirement.specifier or "it"}. Install it with: pip install "{wanted}"')


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
