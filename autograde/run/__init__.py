"""Mark a class."""
