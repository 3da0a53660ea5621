gaps-choose = Dewiswch
gaps-label = Bwlch { $n } o { $of }
gaps-gap = Bwlch { $n }
gaps-filled = Bwlch { $n }: { $words }
gaps-open = Nid yw’r bwlch hwn wedi’i lenwi eto.
gaps-slips = Nid oes ots am wallau sillafu bach.
