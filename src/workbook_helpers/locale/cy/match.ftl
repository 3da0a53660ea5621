match-none = Dewiswch bartner
match-count = Mae gan { $n } o { $of } bartner.
match-open = Dim partner wedi’i ddewis: { $text }
match-not-chosen = Nid ydych wedi dewis partner yma eto.
