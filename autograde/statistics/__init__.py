"""Figures for quality assurance: how items work, how far markers agree, and which decisions a second person looks at.

Pure, as marking is: no file and no database.
"""

from autograde.statistics.agreement import Agreement, Interval, Weights, agreement
from autograde.statistics.distractors import OptionFigures, distractors
from autograde.statistics.items import ClassFigures, Figure, ItemFigures, figures
from autograde.statistics.sampling import Decision, Rates, Sampled, sampling_plan
from autograde.statistics.table import Table, rest_scores

__all__ = [
    "Agreement",
    "ClassFigures",
    "Decision",
    "Figure",
    "Interval",
    "ItemFigures",
    "OptionFigures",
    "Rates",
    "Sampled",
    "Table",
    "Weights",
    "agreement",
    "distractors",
    "figures",
    "rest_scores",
    "sampling_plan",
]
