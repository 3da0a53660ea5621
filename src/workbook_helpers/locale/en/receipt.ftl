receipt-heading = Receipt: handed in
receipt-heading-file = Receipt: your hand-in file is made
receipt-workbook = Workbook
receipt-learner = Learner ID
receipt-at = { DATETIME($at, dateStyle: "long", timeStyle: "short") }
receipt-short-code = Code
receipt-unanswered = Not answered
receipt-started = Started, but not finished
