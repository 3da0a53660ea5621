# The page "My workbooks", and the receipt.
home-skip = Neidio i’r llyfrau gwaith
home-minutes = { $n ->
    [one] Tua 1 munud
    [two] Tua 2 funud
   *[other] Tua { $n } munud
}
home-answered = Atebwyd { $done } o { $total } cwestiwn
home-answered-in = Cwestiynau a atebwyd yn { $title }
home-handed-in = ✓ Cyflwynwyd ar { DATETIME($at, dateStyle: "long", timeStyle: "short") }.
home-not-handed-in = Heb ei gyflwyno eto.
home-marked = ✓ Wedi’i farcio: mae eich adborth yma.
home-not-marked = Heb ei farcio eto.
home-start = Dechrau
home-carry-on = Parhau
home-open-again = Agor eto
home-see-feedback = Gweld fy adborth
home-see-receipt = Gweld fy nerbynneb
home-look-feedback = Chwilio am fy adborth
home-newer-feedback = Chwilio am adborth mwy diweddar
home-new = Newydd. Eich tiwtor a roddodd y llyfr gwaith hwn i chi.
home-nothing = Nid oes llyfr gwaith yma eto.
home-nothing-next = Y cam nesaf: cadwch y ffeil a roddodd eich tiwtor i chi yn eich ffolder llyfrau gwaith. Yna ail-lwythwch y dudalen hon.
home-accessibility = Pa mor hygyrch yw’r llyfrau gwaith
home-no-list = Ni ellir rhestru’r ffolder hwn ar hyn o bryd. Ail-lwythwch y dudalen, neu gofynnwch am help.
home-no-workbook-page = Mae ei dudalen ar goll.
home-cannot-open = Ni ellir ei agor. Gofynnwch i’ch tiwtor am gopi newydd. Mae eich atebion yn ddiogel.
home-no-page = Nid oes tudalen o’r fath. Ewch yn ôl i Fy llyfrau gwaith.
home-not-ours = Nid yw hwn yn un o’ch llyfrau gwaith
home-not-ours-next = Nid agorwyd dim ac nid oes dim wedi newid. Ewch yn ôl i Fy llyfrau gwaith ac agorwch lyfr gwaith oddi yno. Os yw ar goll, gofynnwch i’ch tiwtor am gopi newydd.
receipt-title = Derbynneb: { $title }
receipt-skip = Neidio i’r dderbynneb
receipt-heading = Derbynneb: wedi’i gyflwyno
receipt-name = Derbynneb
receipt-workbook = Llyfr gwaith
receipt-learner = Rhif dysgwr
receipt-at = { DATETIME($at, dateStyle: "long", timeStyle: "short") }
receipt-short-code = Cod
receipt-unanswered = Heb eu hateb
receipt-next = Beth sy’n digwydd nesaf
receipt-give = Rhowch y ffeil i’ch tiwtor. Lanlwythwch hi i Moodle, neu ei hanfon, fel y dywedodd eich tiwtor.
receipt-where = Mae’r ffeil yn y ffolder “handed-in”, wrth ochr eich llyfrau gwaith.
receipt-keep = Cadwch y dderbynneb hon. Mae’n dangos beth a gyflwynoch, a phryd. I’w hargraffu, defnyddiwch Argraffu yn newislen eich porwr.
home-given = ✓ Gwnaed y ffeil i’ch tiwtor ar { $time }.
