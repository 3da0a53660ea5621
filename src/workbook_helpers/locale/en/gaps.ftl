gaps-rule = Each right gap earns the same share of the points. Nothing is taken away.
gaps-choose = Choose
gaps-label = Gap { $n } of { $of }
gaps-gap = Gap { $n }
gaps-filled = Gap { $n }: { $words }
gaps-open = This gap is not filled yet.
gaps-slips = Small spelling slips do not matter.
