match-rule = Each right match earns the same share of the points. A wrong one takes nothing away.
match-none = Choose
match-once = Use each one once at most.
match-count = { $n } of { $of } are matched.
match-open = Not matched: { $text }
match-not-chosen = You have not chosen a match here yet.
