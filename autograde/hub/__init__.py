"""A college's JupyterHub: its settings made from `courses.toml`, the desk as a service of it, and people's accounts."""
