written-task = See the task
written-rule = Your tutor reads this and gives the points.
written-count = { $words ->
    [one] 1 word
   *[other] { $words } words
}. About { $advised } words is a good length.
written-little = { $words ->
    [one] 1 word
   *[other] { $words } words
}. That is short: about { $advised } words is a good length.
written-full = { $words ->
    [one] 1 word
   *[other] { $words } words
}. About { $advised } words is a good length. This box is full.
