# How far the student is, the review, the hand-in and its receipt.
progress-label = Questions answered
progress-count = { $done } of { $total }
progress-practice = Practice { $done } of { $total }
progress-assessed = For your tutor { $done } of { $total }
progress-started = { $n } started
hand-in-title = Review and hand in
hand-in-left = You have answered { $done } of { $total } marked questions.
hand-in-open = Not answered yet:
hand-in-forms = Forms about your own work, not filled in yet. Some criteria rest on them:
hand-in-started = Started, but not finished:
hand-in-look = You may want to look at this again:
hand-in-all = You have answered { $total ->
    [one] the marked question
   *[other] all { $total } marked questions
}. Well done.
hand-in-practice = You have answered { $done } of { $total } practice questions. You may leave the others.
hand-in-declare = Please also tick the declaration.
hand-in-tick = Tick this first, then hand in.
hand-in-declare-first = Please tick the declaration first. It is just above.
hand-in-learner = Your learner ID
hand-in-learner-hint = Your tutor gave you this. It is often a short code or your college login.
hand-in-learner-missing = Please type your learner ID.
hand-in-as = Hand in as { $learner }
hand-in-am = { $place ->
    [device] I am { $typed }: open my own copy. The work of { $learner } is not in it; it stays on this device
   *[disk] I am { $typed }: show my own questions. The answers of { $learner } are kept
}
hand-in-now = Hand in
hand-in-again = Hand in again
hand-in-anyway = Hand in anyway
hand-in-busy = Handing in…
hand-in-sure = { $n ->
    [one] 1 question is not finished yet.
   *[other] { $n } questions are not finished yet.
} Go back and answer, or press the button again to hand in as it is.
hand-in-unsaved = Some answers are not saved yet, or wait for you to choose. Please look at them, then try again.
hand-in-no-reply = Not handed in yet: no answer from the workbook. Reload the page and try again.
hand-in-made = ✓ Your hand-in file is made
hand-in-done = ✓ Handed in
hand-in-own = Next step: { $words }
hand-in-next = Next step: save this file. Then give it to your tutor, or upload it where your tutor told you.
hand-in-give = Next step: give it to your tutor, or upload it where your tutor told you.
hand-in-given-save = ✓ The file is saved, probably among your downloads.
hand-in-given-share = ✓ You have sent or saved the file.
hand-in-receipt = See and print the receipt
hand-in-newest = You can change answers and hand in again. Your tutor marks the newest one.
hand-in-changed = You have changed answers since you handed in. Hand in again, so that your tutor sees them.
hand-in-home = Go to My workbooks: it shows what comes next.
receipt-when = When
receipt-code = Receipt code
receipt-answered = Answered
receipt-of = { $done } of { $total } marked questions{ $started ->
    [0] {""}
    [one] , and 1 started
   *[other] , and { $started } started
}
receipt-file = File
receipt-later = On { $day }, back at work, ask yourself: what do I do differently because of this workbook? Tell your tutor or your manager.
receipt-nothing-else = Your tutor has it now. There is nothing else to do.
receipt-save = Save the file
receipt-save-again = Save the file again
receipt-share = Send or save the file
receipt-share-again = Send or save the file again
hand-in-link = Open the page for handing in
receipt-print = Print the receipt
