"""For who writes workbooks."""
