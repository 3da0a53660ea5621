"""Mark statements and their partners: per right pair (see `PairsMarker` for the rule and its source)."""

from autograde.marking.pairs import PairsMarker

MARKER = PairsMarker("Each statement with its right partner earns the same share of the points. A wrong one takes nothing away.")
