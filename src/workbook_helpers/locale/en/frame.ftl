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
frame-saved-disk = Saved { $time }
frame-saved-device = { $handed ->
    [true] Saved on this device, { $time }. It is in your hand-in file.
   *[other] Saved on this device, { $time }. Nobody else has it yet.
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
frame-all-right = ✓ That is right.
frame-not-yet = Not quite. Read the notes, then try again.
# The three verdicts on a part of an answer; the part follows.
frame-right = ✓ Right:
frame-wrong = ✗ Not this:
frame-missed = ○ This too:
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
frame-calm = This part could not be shown.
frame-safe = Your answers are safe. Please tell your tutor, and go on with the next part.
frame-no-question = There is no question called { $name } here.
