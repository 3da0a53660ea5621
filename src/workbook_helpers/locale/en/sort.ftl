sort-rule = Each card in its right group earns the same share of the points. A wrong one takes nothing away.
sort-count = { $n } of { $of } cards are in a group.
sort-now = In the groups now
sort-nothing = nothing yet
sort-open = No group chosen: { $text }
sort-not-chosen = You have not chosen a group here yet.
sort-place = Card { $n } of { $of }
sort-not-yet = No group yet
sort-missing = { $n ->
    [one] 1 of { $of } cards has no group yet.
   *[other] { $n } of { $of } cards have no group yet.
}
