"""What nbgrader and its formgrader load, and the server that shows them."""
