short-rule = All the points for a right answer, none for another. Capitals and punctuation do not count.
short-slips = A few words are enough. Small spelling slips do not matter.
