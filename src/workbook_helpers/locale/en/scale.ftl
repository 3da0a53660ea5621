scale-label = How sure you feel · not marked
scale-of = { $n } of { $steps }
scale-open = not said
scale-before = Before, you said { $then }.
scale-change = Before, you said { $then }. Now you say { $now }.
scale-then-now = before { $then }, now { $now } of { $steps }
scale-missing = { $n ->
    [one] 1 of { $of } statements has no number yet.
   *[other] { $n } of { $of } statements have no number yet.
}
