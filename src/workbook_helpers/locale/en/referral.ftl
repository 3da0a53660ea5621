# What the tutor asks one learner to look at again.
referral-title = Your tutor asks you to look again at { $n ->
    [one] 1 task
   *[other] { $n } tasks
}{ $until ->
    [none] {""}
   *[other] , until { $until }
}
referral-short = { $n ->
    [one] 1 task
   *[other] { $n } tasks
} to look at again
referral-what = { $n ->
    [one] It follows here, with your first answer and what your tutor says about it. Change it, tick the declaration, then hand in again.
   *[other] They follow here, each with your first answer and what your tutor says about it. Change them, tick the declaration, then hand in again.
}
referral-over = That day has passed: ask your tutor whether you can still hand in.
referral-criteria = These criteria are not met yet:
referral-missing = What is missing:
referral-first = Your first answer
referral-comment = Your tutor’s comment
referral-points = { $points } of { $of ->
    [one] 1 point
   *[other] { $of } points
} so far
referral-new = Your new answer
referral-unchanged = Not changed yet: it begins with your first answer, which is kept as it was.
referral-around = Read what stands around this task in the workbook
referral-there = This task is at the beginning of the page, because your tutor asks for it again
referral-hand-in-there = Handing in is at the beginning of the page, below the tasks
referral-else = Everything else
referral-else-what = You can read all of it. What was marked stays as you handed it in.
referral-to = { $n ->
    [one] Go to the task
   *[other] Go to the { $n } tasks
}
referral-closed = Handed in, and not open again. Your answer:
referral-far = Changed { $done } of { $total }
referral-left = { $total ->
    [one] You have not finished the task that your tutor asks for again.
   *[other] You have changed { $done } of the { $total } tasks that your tutor asks for again.
}
referral-all = You have changed { $total ->
    [one] the task
   *[other] all { $total } tasks
} that your tutor asks for again. Well done.
referral-open = Not changed yet:
referral-aside = What else you wrote here. It was not handed in.
referral-other = { $place ->
    [device] This file is not for { $learner }: your tutor made it for another learner ID. If you mistyped yours, press “Not you?” and type it again. If not, ask your tutor for your own file.
   *[disk] A file from a tutor lies here that is not for { $learner }, but for another learner ID. If you mistyped yours, type it again where you hand in.
}
receipt-attempt = Attempt
receipt-of-again = { $done } of { $total } { $total ->
    [one] task
   *[other] tasks
} changed{ $started ->
    [0] {""}
    [one] , and 1 started
   *[other] , and { $started } started
}
