"""What a student costs a server: memory by PSS (a page that several processes share is divided among them), and processor time."""

from contextlib import suppress
from dataclasses import dataclass

import psutil


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What each of some students took.

    Attributes
    ----------
    mb
        Memory, in MB (10⁶ bytes), above what was there before the first signed in.
    processor_s
        Processor time in seconds, from signing in until the end.
    stay_s
        For how many seconds each answered after opening the workbook, on average; all that are compared did so for as long.
    usable_ms
        From the click until the first question could be used, the median.
    """

    name: str
    students: int
    mb: float
    processor_s: float
    stay_s: float
    usable_ms: float

    @property
    def per_gb(self) -> float:
        """Students at once in a GB."""
        return 1000 / max(self.mb, 0.001)  # of a few, less may be in use than before

    @property
    def per_core(self) -> float:
        """Students at once on a core that does nothing else."""
        return self.stay_s / max(self.processor_s, 0.001)


def memory(process: psutil.Process) -> float:
    """Give what a process and all below it hold, in MB. For Linux."""
    return sum(_of(one)[0] for one in _all(process)) / 1e6


def spent(process: psutil.Process) -> float:
    """Give the processor's seconds of a process and all below it."""
    return sum(_of(one)[1] for one in _all(process))


def table(ours: Cost, others: list[Cost], least: float) -> list[str]:
    """Give what each costs, and how many times as many students the first carries, which should be `least`."""
    lines = ["| | students | first question usable | memory a student | processor a student | students a GB | students a core |"]
    lines += [f"|{'---|' * 7}"]
    for one in (ours, *others):
        lines.append(
            f"| {one.name} | {one.students:,} | {one.usable_ms / 1000:.1f} s | {one.mb:,.2f} MB | {one.processor_s:.3f} s | "
            f"{one.per_gb:,.0f} | {one.per_core:,.0f} |"
        )
    lines += ["", f"| the service carries, of students | per GB | per core | aim: at least {least:g} times |", "|---|---|---|---|"]
    for one in others:
        times = (ours.per_gb / one.per_gb, ours.per_core / one.per_core)
        said = "met" if min(times) >= least else "**not met**"
        lines.append(f"| beside {one.name}, {one.students} | {times[0]:,.0f} times | {times[1]:,.0f} times | {said} |")
    return lines


def _all(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


def _of(process: psutil.Process) -> tuple[int, float]:
    with suppress(psutil.NoSuchProcess):  # it has ended meanwhile
        return process.memory_full_info().pss, sum(process.cpu_times()[:2])
    return 0, 0.0
