sort-rule = Each card in its right group earns the same share of the points. A wrong one takes nothing away.
sort-count = { $n } of { $of } cards are in a group.
sort-now = In the groups now
sort-nothing = nothing yet
sort-open = No group chosen: { $text }
sort-not-chosen = You have not chosen a group here yet.
