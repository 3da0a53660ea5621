"""Mark cards and their groups: per card in its right group (see `PairsMarker` for the rule and its source)."""

from autograde.marking.pairs import PairsMarker

MARKER = PairsMarker("Each card in its right group earns the same share of the points. A wrong one takes nothing away.")
