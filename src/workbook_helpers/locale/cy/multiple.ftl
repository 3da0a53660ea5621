multiple-hint = Dewiswch bob un sy’n gywir.
