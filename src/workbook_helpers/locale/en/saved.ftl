# One line for all answers, in the header.
saved-all = ✓ All saved
saved-now = Saving…
saved-not = Not saved yet
saved-waits = An answer waits for you
saved-nothing = Nothing is kept here
