match-rule = Mae pob pâr cywir yn ennill yr un rhan o’r pwyntiau. Nid yw un anghywir yn tynnu dim.
match-none = Dewiswch
match-once = Defnyddiwch bob un unwaith ar y mwyaf.
match-count = { $n } o { $of } wedi’u paru.
match-open = Heb ei baru: { $text }
match-not-chosen = Nid ydych wedi dewis yma eto.
