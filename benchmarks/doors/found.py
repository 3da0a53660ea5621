"""What was found of a class at work on one service, and its tables."""

from dataclasses import dataclass, field
from statistics import quantiles

from .cost import Cost

COLLEGE = 100_000


@dataclass
class Found:
    """What was measured, in ms, and what went wrong."""

    signing: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    opened: list[float] = field(default_factory=list)
    saves: list[float] = field(default_factory=list)
    handing: list[float] = field(default_factory=list)
    usable: list[float] = field(default_factory=list)
    shown: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    lost: int = 0


def told(found: Found, cost: Cost, *, took_s: float, busy_s: float, held_mb: float, arrived: int) -> str:
    """Give how long everything took, what went wrong, and which of the figures that were asked for are met."""
    rows = {
        "sign in": found.signing,
        "first page": found.first,
        "workbook opened": found.opened,
        "save acknowledged": found.saves,
        "handed in": found.handing,
        "browser: first question usable, from the click": found.usable,
        "browser: an answer until “All saved” is shown": found.shown,
    }
    lines = ["| what | n | median | p95 | longest |", "|---|---|---|---|---|"]
    for name, times in rows.items():
        middle, late = median_and_p95(times)
        lines.append(f"| {name} | {len(times):,} | {middle:.0f} ms | {late:.0f} ms | {max(times, default=0):.0f} ms |")
    lines += [
        "",
        f"{len(found.saves) / took_s:.0f} saves a second; {busy_s / took_s:.2f} processors of the service; "
        f"{cost.mb:.2f} MB a student ({held_mb:.0f} MB in all); "
        f"{len(found.errors)} errors; {found.lost} acknowledged answers missing; {arrived:,} hand-ins arrived. "
        "The page shows “All saved” 0.4 s late on purpose: who types on and on sees no flicker.",
        *found.errors[:5],
        "",
    ]
    usable, save = median_and_p95(found.usable)[1], median_and_p95(found.saves)[1]
    aims = [("save acknowledged, p95: at most 100 ms", f"{save:.0f} ms", save <= 100)]
    if found.usable:
        aims.insert(0, ("first question usable after the click, p95: at most 2 s", f"{usable / 1000:.2f} s", usable <= 2000))
    aims += [
        ("memory: at most 1 MB a student", f"{cost.mb:.2f} MB", cost.mb <= 1),
        ("no error", f"{len(found.errors)}", not found.errors),
        ("no answer lost", f"{found.lost}", not found.lost),
        ("every hand-in arrived", f"{arrived:,} of {cost.students:,}", arrived == cost.students),
    ]
    lines += ["| aim | measured | |", "|---|---|---|"]
    return "\n".join([*lines, *(f"| {what} | {value} | {'met' if met else '**not met**'} |" for what, value, met in aims)])


def median_and_p95(times: list[float]) -> tuple[float, float]:
    """Give the median and what 95 of 100 do not exceed; 0 of nothing."""
    cut = quantiles(times, n=20, method="inclusive") if len(times) > 1 else times * 19 or [0.0] * 19
    return cut[9], cut[18]


def carried(cost: Cost, every_s: float, stored: float) -> str:
    """Give what was measured of a student, and as many times that as a large college has; `stored` is in bytes."""
    lines = ["| | a student | 100,000 |", "|---|---|---|"]
    lines += [f"| processor, signing in included | 1/{cost.per_core:,.0f} of a core | {COLLEGE / cost.per_core:,.0f} cores |"]
    lines += [f"| memory | {cost.mb:.2f} MB | {COLLEGE * cost.mb / 1000:,.0f} GB |"]
    lines += [f"| saves | one each {every_s:g} s | {COLLEGE / every_s:,.0f} a second |"]
    lines += [f"| rows on the disk | {stored / 1000:.0f} kB | {COLLEGE * stored / 1e9:,.1f} GB |"] if stored else []
    return "\n".join(lines)
