"""Mark statements and their partners: per right pair (see `PairsMarker` for the rule and its source)."""

from autograde.marking.pairs import PairsMarker

MARKER = PairsMarker()
