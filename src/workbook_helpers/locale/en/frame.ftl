# Around every question.
frame-practice = Practice: not marked
frame-private = For you alone: your tutor does not see this
frame-record = Before you hand in
frame-question = Question { $n } of { $of } · { $points ->
    [one] 1 point
   *[other] { $points } points
}
frame-task = Written task { $n } of { $of } · { $points ->
    [one] 1 point
   *[other] { $points } points
}
frame-saving = Saving…
frame-saved = Saved { $time }
frame-unsaved = Not saved yet. Your answer is kept on this page, and it will be saved as soon as possible.
frame-failed = Not saved yet: { $why }. Your answer is kept on this page. Saving is tried again every few seconds.
frame-check = Check my answer
frame-first = Choose an answer first, then check it.
frame-all-right = ✓ That is right.
frame-not-yet = Not quite. Read the notes, then try again.
# The three verdicts on a part of an answer; the part follows.
frame-right = ✓ Right:
frame-wrong = ✗ Not this:
frame-missed = ○ This too:
frame-no-reply = Your answer cannot be checked just now. Please try again in a moment.
frame-conflict = { $time ->
    [none] You changed this answer in another window. Which one do you want to keep?
   *[other] You changed this answer in another window at { $time }. Which one do you want to keep?
}
frame-other = The answer from the other window
frame-blank = No answer
frame-mine = Keep what is on this page
frame-theirs = Use the answer from the other window
# In the place of a part that could not be shown.
frame-calm = This part could not be shown.
frame-safe = Your answers are safe. Please tell your tutor, and go on with the next part.
frame-no-question = There is no question called { $name } here.
