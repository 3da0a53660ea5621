short-rule = All the points for a right answer, none for another. Capitals and punctuation do not count.
short-slips = Type the word or words, not a whole sentence. Small spelling slips do not matter.
