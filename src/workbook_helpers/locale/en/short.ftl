short-slips = A few words are enough. Small spelling slips do not matter.
