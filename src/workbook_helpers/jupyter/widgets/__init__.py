"""The widgets of a workbook page. A notebook cell says `ask("w01-q01")`, nothing else."""

from workbook_helpers.jupyter.widgets.ask import ask

__all__ = ["ask"]
