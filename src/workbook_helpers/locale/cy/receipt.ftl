receipt-heading = Derbynneb: wedi’i gyflwyno
receipt-heading-file = Derbynneb: mae eich ffeil gyflwyno wedi’i gwneud
receipt-workbook = Llyfr gwaith
receipt-learner = ID dysgwr
receipt-at = { DATETIME($at, dateStyle: "long", timeStyle: "short") }
receipt-short-code = Cod
receipt-unanswered = Heb eu hateb
receipt-started = Wedi’u dechrau, ond heb eu gorffen
