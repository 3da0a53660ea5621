match-rule = Each right match earns the same share of the points. A wrong one takes nothing away.
match-once = Use each one once at most.
match-count = { $n } of { $of } are matched.
match-open = Not matched: { $text }
match-not-chosen = You have not chosen a match here yet.
match-place = { $n } of { $of }
match-not-yet = No match yet
match-used = used for { $numbers }
match-twice = You have used this one for number { $numbers } too. Use each one once at most.
match-missing = { $n ->
    [one] 1 of { $of } has no match yet.
   *[other] { $n } of { $of } have no match yet.
}
