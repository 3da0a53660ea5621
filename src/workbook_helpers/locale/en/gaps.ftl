gaps-rule = Each right gap earns the same share of the points. Nothing is taken away.
gaps-label = Gap { $n } of { $of }
gaps-gap = Gap { $n }
gaps-filled = Gap { $n }: { $words }
gaps-open = This gap is not filled yet.
gaps-type = Type what is missing:
gaps-slips = Small spelling slips do not matter.
gaps-count = { $n } of { $of } gaps are filled.
gaps-not-yet = Not filled yet
gaps-missing = { $n ->
    [one] 1 of { $of } gaps is not filled yet.
   *[other] { $n } of { $of } gaps are not filled yet.
}
