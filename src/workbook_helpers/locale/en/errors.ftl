# What went wrong, and what to do.
error-learner = The learner ID is one line of at most 128 letters, digits or signs. Please look at what your tutor gave you.
error-paper = These questions were chosen for the learner ID { $learner }, and you typed { $typed }.
error-paper-hub = These questions were chosen for { $learner }, as you are logged in, and you typed { $typed }. Please type { $learner }.
error-no-paper = Your questions are not chosen yet. Open the workbook and type your learner ID at the first question.
error-answers = Your answers could not be handed in: the file that holds them cannot be read. Please tell your tutor.
error-no-answers = There is nothing to hand in yet. Please answer a question, then try again.
error-declaration = Please tick the declaration first. It says that this is your own work.
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
