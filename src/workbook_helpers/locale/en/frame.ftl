# Around every question.
frame-practice = Practice { $n } of { $of } · not marked
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
frame-unsaved = { $kept ->
    [false] Not saved yet. Your answer is on this page only. Leave the page open: it will be saved as soon as possible.
   *[other] Not saved yet. Your answer is kept on this page, and it will be saved as soon as possible.
}
frame-failed = { $kept ->
    [false] Not saved yet: { $why }. Your answer is on this page only. Leave the page open: saving is tried again by itself.
   *[other] Not saved yet: { $why }. Your answer is kept on this page. Saving is tried again by itself.
}
frame-refused = Not saved: this answer holds something that cannot be kept here, such as a broken letter or sign, or too much text. It stays on this page. Change it, and it is saved.
frame-unread = Your answer cannot be shown yet: { $why }. This is tried again by itself.
frame-check = Check my answer
frame-first = Choose an answer first, then check it.
frame-first-gaps = Fill a gap first, then check it.
frame-first-match = Match one first, then check it.
frame-first-order = Press the steps in your order first, then check it.
frame-first-relationships = Choose for one person first, then check it.
frame-first-short = Type your answer first, then check it.
frame-first-sort = Put a card into a group first, then check it.
frame-go = Go to the first { $sign }
frame-all-right = { $n ->
    [1] { $of ->
        [1] ✓ That is right.
        [2] ✓ Both right, first time. Well done.
       *[other] ✓ All { $of } right, first time. Well done.
    }
   *[other] { $of ->
        [1] ✓ This time it is right. Well done.
        [2] ✓ This time both are right. Well done.
       *[other] ✓ This time all { $of } are right. Well done.
    }
}
frame-not-this = Not quite. Read why, then try again.
# One of these, or two, or all three, stand in a line: 3 of 5. Try the two with ✗ or ○ again. There is one more to find.
frame-score = { $done } of { $of } right.
frame-again = { $n ->
    [1] Try the one with { $signs } again.
    [2] Try the two with { $signs } again.
    [3] Try the three with { $signs } again.
    [4] Try the four with { $signs } again.
   *[other] Try those with { $signs } again.
}
frame-signs = ✗ or ○
frame-too-many = { $n ->
    [one] You have found them all. Take away the one with ✗.
   *[other] You have found them all. Take away those with ✗.
}
frame-missing = { $n ->
    [one] There is one more to find.
   *[other] There are { $n } more to find.
}
frame-show = Show me the answer
frame-shown = The right answer is shown. What you chose stays as it is: try again when you like.
# What is said of a part of an answer; a sentence follows.
frame-right = ✓ Right
frame-wrong = ✗ Not this
frame-missed = ○ Still open
frame-hint = A hint:
frame-answer = → The right answer
frame-conflict = { $time ->
    [none] You changed this answer in another window. Which one do you want to keep?
   *[other] You changed this answer in another window at { $time }. Which one do you want to keep?
}
frame-older = { $time ->
    [none] The file with your answers was changed, and it holds something else here. Which one do you want to keep?
   *[other] The file with your answers was changed, and there is another version of this answer, from { $time }. Which one do you want to keep?
}
frame-brought = { $time ->
    [none] There is another version of this answer. Which one do you want to keep?
   *[other] There is another version of this answer, from { $time }. Which one do you want to keep?
}
frame-final = In another window you went on with this story. What was decided there cannot be taken back.
frame-other = The other answer
frame-blank = No answer
frame-mine = Keep what is on this page
frame-theirs = Use the other answer
frame-go-on = Go on from there
frame-changed = This question was changed after you had answered it, and your answer does not fit any more. It is kept, but it is not handed in. Please answer again.
# A draft that was never saved, maybe of somebody else who used the same computer.
frame-offer = { $who ->
    [none] Text from { $time } was found in this browser. It is not saved. Is it yours?
   *[other] Text from { $time } by { $who } was found in this browser. It is not saved. Is it yours?
}
frame-offered = Show what was found
frame-use = Use it
frame-leave = Leave it out
# In the place of a part that could not be shown.
frame-no-question = There is no question called { $name } here.
