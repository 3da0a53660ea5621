# What is said only where a kernel keeps the answers, and in no page from a file or a web server: what went wrong, and what to do.
error-paper = These questions were chosen for the learner ID { $learner }, and you typed { $typed }.
error-paper-hub = These questions were chosen for { $learner }, as you are logged in, and you typed { $typed }. Please type { $learner }.
error-no-paper = Your questions are not chosen yet. Open the workbook and type your learner ID at the first question.
error-answers = Your answers could not be handed in: the file that holds them cannot be read. Please tell your tutor.
error-no-answers = There is nothing to hand in yet. Please answer a question, then try again.
error-hand-in-folder = Nothing was handed in: the folder cannot be written to ({ $why }). Your answers are safe.
error-refused = Nothing was handed in: the college's exchange refused it ({ $why }). Your answers are safe. Please tell your tutor.
error-no-list = New workbooks cannot be listed just now ({ $why }). Please try again later.
error-gone = This workbook is not there any more. Load the page again.
error-no-exchange = There is no exchange to look for feedback in. Ask your tutor for it.
error-fetch = The workbook could not be fetched ({ $why }). Please try again, or tell your tutor.
error-fetch-feedback = No feedback could be fetched ({ $why }). Please try again later.
# These two follow "Not saved yet:".
error-busy = another window is saving; this one tries again
error-folder = the folder cannot be used ({ $why })
# Of a note for the student alone, as reflection-private is where the browser keeps it.
program-private = Your tutor does not see this. It is kept with your answers, and is not handed in.
# The receipt on paper, and what stands around a workbook in JupyterLab.
receipt-title = Receipt: { $title }
receipt-skip = Skip to the receipt
receipt-name = Receipt
receipt-give = Next step: give the file to your tutor. Upload it to Moodle, or send it, as your tutor told you.
receipt-where = The file is in the folder “handed-in”, beside your workbooks.
receipt-keep = Keep this receipt. It shows what you handed in, and when. To print it, use Print in your browser’s menu.
frame-calm = This part could not be shown.
frame-safe = Your answers are safe. Please tell your tutor, and go on with the next part.
page-open = Open as a page
page-open-why = This workbook is easier to read and to answer as a page of its own. Your answers are the same in both.
page-opening = Opening your workbook. This takes a few seconds.
page-failed = Part of this workbook could not start.
page-again = Try again
page-asleep = Your workbook has gone to sleep. Your saved answers are safe.
page-wake = Wake it up
page-foreign = This notebook does not run by itself, because it lies in a tutor’s folder or holds more than a workbook’s questions.
page-author = Here this workbook is written. Double-click a text to change it, then save with Ctrl+S (Cmd+S on a Mac). To see it as students do, release it to a class.
