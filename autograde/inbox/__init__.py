"""What came in: whose it is, when, and which of several counts; every original is kept."""
