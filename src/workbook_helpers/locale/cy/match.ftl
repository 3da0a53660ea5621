match-rule = Mae pob gosodiad gyda’i bartner cywir yn ennill yr un rhan o’r pwyntiau. Nid yw un anghywir yn tynnu dim.
match-none = Dewiswch bartner
match-once = Defnyddiwch bob partner unwaith ar y mwyaf.
match-count = Mae gan { $n } o { $of } bartner.
match-open = Dim partner wedi’i ddewis: { $text }
match-not-chosen = Nid ydych wedi dewis partner yma eto.
