# The page "My workbooks", which a workbook in one file does not have.
home-skip = Skip to the workbooks
home-minutes = { $n ->
    [one] About 1 minute
   *[other] About { $n } minutes
}
home-minutes-range = { $least } to { $most } minutes
home-continue-at = Continue: Section { $n }, about { $minutes ->
    [one] 1 minute
   *[other] { $minutes } minutes
} left
home-next = Next: a new workbook
home-all-done = All your workbooks are handed in. Well done.
home-all-done-about = There is nothing to start now. A new workbook will show here when you open this page again.
home-todo = To do
home-handed = Handed in
home-handed-about = You can change answers and hand in again.
home-done = Done
home-done-about = Your feedback is here, or every question is answered and handed in.
home-broken = Cannot be opened
home-answered = Answered: { $counts }
home-answered-in = Questions answered in { $title }
home-due = { $days ->
    [0] Due today, { $date }
    [1] Due tomorrow, { $date }
   *[other] Due { $date }, in { $days } days
}
home-was-due = This was due { $date }. If you need more time, talk to your tutor.
home-handed-in = ✓ Handed in on { $time }.
home-given = ✓ File for your tutor made on { $time }. Give it to your tutor, if you have not yet.
home-marked = ✓ Marked: your feedback is here.
home-not-marked = Not marked yet.
home-start = Start
home-continue = Continue
home-open-again = Open again
home-see-feedback = See my feedback
home-see-receipt = See my receipt
home-look-feedback = Look for my feedback
home-newer-feedback = Look for newer feedback
home-new = New. Your tutor has given you this workbook.
home-nothing = There is no workbook here yet.
home-nothing-next = Next step: save the file that your tutor gave you into your workbooks folder. Then load this page again.
home-accessibility = How accessible the workbooks are
home-no-list = This folder cannot be listed just now. Load the page again, or ask for help.
home-no-workbook-page = Its page is missing.
home-cannot-open = It cannot be opened. Please ask your tutor for a new copy. Your answers are safe.
home-no-page = There is no such page. Go back to My workbooks.
home-not-ours = This is not one of your workbooks
home-not-ours-next = Nothing was opened and nothing has changed. Go back to My workbooks and open a workbook from there. If it is missing, ask your tutor for a new copy.
home-fault = This workbook cannot be opened
