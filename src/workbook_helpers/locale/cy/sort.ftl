sort-rule = Mae pob cerdyn yn ei grŵp cywir yn ennill yr un rhan o’r pwyntiau. Nid yw un anghywir yn tynnu dim.
sort-count = Mae { $n } o { $of } cerdyn mewn grŵp.
sort-now = Yn y grwpiau nawr
sort-nothing = dim byd eto
sort-open = Dim grŵp wedi’i ddewis: { $text }
sort-not-chosen = Nid ydych wedi dewis grŵp yma eto.
