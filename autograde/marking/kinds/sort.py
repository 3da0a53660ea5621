"""Mark cards and their groups: per card in its right group (see `PairsMarker` for the rule and its source)."""

from autograde.marking.pairs import PairsMarker

MARKER = PairsMarker()
