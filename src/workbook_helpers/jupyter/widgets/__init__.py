"""What the kernel holds of an open workbook: the session that a page asks, and the widgets of JupyterLab's cells."""
