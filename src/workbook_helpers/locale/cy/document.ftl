document-first = Dogfen
document-again = Gweld y ddogfen eto
