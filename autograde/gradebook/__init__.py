"""nbgrader's gradebook: its tables, its address, its copies. Knows no class folder."""
