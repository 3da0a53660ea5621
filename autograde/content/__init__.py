"""What only the tutor's side may know of a workbook: keys, rubrics and sample answers, and their loading."""

from autograde.content.reading import Kind, guide_file, home, load_guides, load_key, load_rubrics, load_samples

__all__ = ["Kind", "guide_file", "home", "load_guides", "load_key", "load_rubrics", "load_samples"]
