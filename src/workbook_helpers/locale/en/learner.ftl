# Asked before the questions of a workbook that draws them for each learner.
learner-title = Before you start
learner-why = Your questions are chosen from it. Type it as your tutor gave it to you; it is often a short code or your college login.
learner-start = Show my questions
learner-later = Your questions appear when you have typed your learner ID.
learner-there = Type it now
learner-no-reply = No answer from the workbook. Reload the page and try again.
learner-why-device = Your answers are kept on this device under this ID. Type it as your tutor gave it to you; it is often a short code or your college login.
learner-none = No ID yet? Ask your tutor; until then you can read on.
learner-elsewhere = Somebody said in another tab that it is not you. Your answers are kept.
learner-removed = The answers were removed from this device.
learner-shared = Other people use this device, too: ask again next time
