"""What `benchmarks/page.py` measures: the pages, the servers that give them out, and one visit to a page."""
