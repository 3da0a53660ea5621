# How far the student is, the review, the hand-in and its receipt.
progress-label = Questions answered
progress-count = { $done } of { $total }
hand-in-title = Review and hand in
hand-in-left = You have answered { $done } of { $total }. Not answered yet:
hand-in-all = You have answered { $total ->
    [one] the question
   *[other] all { $total } questions
}. Well done.
hand-in-practice = { $n ->
    [one] 1 question for practice is still open. You may leave it.
   *[other] { $n } questions for practice are still open. You may leave them.
}
hand-in-declare = Please also tick the declaration.
hand-in-tick = Tick this first, then hand in.
hand-in-declare-first = Please tick the declaration first. It is just above.
hand-in-learner = Your learner ID
hand-in-learner-hint = Your tutor gave you this. It is often a short code or your college login.
hand-in-learner-missing = Please type your learner ID.
hand-in-change = Change the learner ID of this workbook
hand-in-now = Hand in
hand-in-again = Hand in again
hand-in-anyway = Hand in anyway
hand-in-busy = Handing in…
hand-in-sure = { $n ->
    [one] 1 question is not answered yet.
   *[other] { $n } questions are not answered yet.
} Go back and answer, or press the button again to hand in as it is.
hand-in-unsaved = Some answers are not saved yet, or wait for you to choose. Please look at them, then try again.
hand-in-no-reply = Not handed in yet: no answer from the workbook. Reload the page and try again.
hand-in-made = ✓ Your hand-in file is made
hand-in-done = ✓ Handed in
hand-in-own = Next step: { $words }
hand-in-next = Next step: save this file. Then give it to your tutor, or upload it where your tutor told you.
hand-in-receipt = See and print the receipt
hand-in-newest = You can change answers and hand in again. Your tutor marks the newest one.
receipt-when = When
receipt-code = Receipt code
receipt-answered = Answered
receipt-file = File
receipt-nothing-else = Your tutor has it now. There is nothing else to do.
receipt-save = Save the file
hand-in-link = Open the page for handing in
receipt-print = Print the receipt
