"""The Jupyter host: kernel, widgets, and the pages that a Jupyter server adds."""
