gaps-rule = Mae pob bwlch cywir yn ennill yr un rhan o’r pwyntiau. Ni thynnir dim.
gaps-choose = Dewiswch
gaps-label = Bwlch { $n } o { $of }
gaps-gap = Bwlch { $n }
gaps-filled = Bwlch { $n }: { $words }
gaps-open = Nid yw’r bwlch hwn wedi’i lenwi eto.
gaps-slips = Nid oes ots am wallau sillafu bach.
