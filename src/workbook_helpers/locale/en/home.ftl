# The page "My workbooks", and the receipt.
home-skip = Skip to the workbooks
home-minutes = { $n ->
    [one] About 1 minute
   *[other] About { $n } minutes
}
home-answered = { $done } of { $total } questions answered
home-answered-in = Questions answered in { $title }
home-handed-in = ✓ Handed in on { DATETIME($at, dateStyle: "long", timeStyle: "short") }.
home-not-handed-in = Not handed in yet.
home-marked = ✓ Marked: your feedback is here.
home-not-marked = Not marked yet.
home-start = Start
home-carry-on = Carry on
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
receipt-title = Receipt: { $title }
receipt-skip = Skip to the receipt
receipt-heading = Receipt: handed in
receipt-name = Receipt
receipt-workbook = Workbook
receipt-learner = Learner ID
receipt-at = { DATETIME($at, dateStyle: "long", timeStyle: "short") }
receipt-short-code = Code
receipt-unanswered = Not answered
receipt-next = What happens next
receipt-give = Give the file to your tutor. Upload it to Moodle, or send it, as your tutor told you.
receipt-where = The file is in the folder “handed-in”, beside your workbooks.
receipt-keep = Keep this receipt. It shows what you handed in, and when. To print it, use Print in your browser’s menu.
home-given = ✓ File for your tutor made on { $time }.
