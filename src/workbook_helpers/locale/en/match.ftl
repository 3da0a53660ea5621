match-rule = Each statement with its right partner earns the same share of the points. A wrong one takes nothing away.
match-none = Choose a partner
match-once = Use each partner once at most.
match-count = { $n } of { $of } have a partner.
match-open = No partner chosen: { $text }
match-not-chosen = You have not chosen a partner here yet.
