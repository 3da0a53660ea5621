multiple-rule = Mae pob dewis cywir yn ychwanegu at y pwyntiau, a phob dewis anghywir yn tynnu’r un faint. Byth yn is na sero.
multiple-hint = Dewiswch bob un sy’n gywir.
