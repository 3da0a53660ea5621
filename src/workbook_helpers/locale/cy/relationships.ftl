relationships-rule = Am bob person, hanner am y math cywir o berthynas a hanner am yr hyn gaiff ei rannu. Ni thynnir dim.
relationships-kind = Math o berthynas
relationships-share = Beth gaiff ei rannu
relationships-none = Dewiswch un
relationships-open = heb ei ddewis eto
relationships-title = Map o’r bobl o gwmpas { $who }
relationships-key = Llinellau yn y map
relationships-table = Y map fel tabl
relationships-caption = Y bobl o gwmpas { $who }
relationships-person = Person
# A narrow table has no room for longer heads.
relationships-kind-short = Math
relationships-share-short = Cewch rannu
relationships-said = { $kind }; cewch rannu: { $share }
relationships-both = Dewiswch y ddau i’r person hwn: y math, a beth gaiff ei rannu.
relationships-kind-right = Mae’r math yn gywir; nid yw’r hyn gaiff ei rannu’n gywir.
relationships-share-right = Mae’r hyn gaiff ei rannu’n gywir; nid yw’r math yn gywir.
