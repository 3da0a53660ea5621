# The page "My workbooks", which a workbook in one file does not have.
home-skip = Neidio i’r llyfrau gwaith
home-minutes = { $n ->
    [one] Tua 1 munud
    [two] Tua 2 funud
   *[other] Tua { $n } munud
}
home-minutes-range = { $least } i { $most } munud
home-continue-at = Parhau: Adran { $n }, tua { $minutes ->
    [one] 1 munud
    [two] 2 funud
   *[other] { $minutes } munud
} ar ôl
home-next = Nesaf: llyfr gwaith newydd
home-all-done = Mae pob un o’ch llyfrau gwaith wedi’i gyflwyno. Da iawn.
home-all-done-about = Nid oes dim i’w ddechrau nawr. Bydd llyfr gwaith newydd yn ymddangos yma pan agorwch y dudalen hon eto.
home-todo = I’w wneud
home-handed = Wedi’u cyflwyno
home-handed-about = Cewch newid atebion a chyflwyno eto.
home-done = Wedi gorffen
home-done-about = Mae eich adborth yma, neu mae pob cwestiwn wedi’i ateb a’i gyflwyno.
home-broken = Ni ellir eu hagor
home-answered = Atebwyd: { $counts }
home-answered-in = Cwestiynau a atebwyd yn { $title }
home-due = { $days ->
    [0] I’w gyflwyno heddiw, { $date }
    [1] I’w gyflwyno yfory, { $date }
    [two] I’w gyflwyno { $date }, ymhen 2 ddiwrnod
   *[other] I’w gyflwyno { $date }, ymhen { $days } diwrnod
}
home-was-due = Roedd hwn i’w gyflwyno { $date }. Os oes angen mwy o amser arnoch, siaradwch â’ch tiwtor.
home-handed-in = ✓ Cyflwynwyd ar { $time }.
home-given = ✓ Gwnaed y ffeil i’ch tiwtor ar { $time }. Rhowch hi i’ch tiwtor, os nad ydych wedi gwneud hynny eto.
home-marked = ✓ Wedi’i farcio: mae eich adborth yma.
home-not-marked = Heb ei farcio eto.
home-start = Dechrau
home-continue = Parhau
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
home-fault = Ni ellir agor y llyfr gwaith hwn
