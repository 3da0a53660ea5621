order-rule = We look at how many of your steps are in the right order, whatever stands between them. Each of these after the first earns the same share of the points.
order-up = Move up
order-down = Move down
order-up-step = Move up: { $step }
order-down-step = Move down: { $step }
order-now = { $step }: now { $place } of { $total }
order-elsewhere = ✗ Needs another place
order-stays = ✓ May stay
order-right = place { $n }
order-open = Press the step that comes first, then the one that comes next, and so on. The last one takes the place that is left. Press a step again to take it back.
order-whole = This is your order. You can move each step.
order-count = { $n } of { $of } steps have a place.
order-placed = All steps have a place.
order-undo = Undo
order-undone = The last change is undone.
order-again = Start again
order-no-place = No place yet: { $text }
order-not-placed = This step has no place yet.
order-missing = { $n ->
    [one] 1 of { $of } steps has no place yet.
   *[other] { $n } of { $of } steps have no place yet.
}
