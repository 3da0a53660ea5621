# Around every question.
frame-practice = Ymarfer: heb ei farcio
frame-private = I chi yn unig: nid yw eich tiwtor yn gweld hwn
frame-record = Cyn i chi gyflwyno
frame-question = Cwestiwn { $n } o { $of } · { $points ->
    [one] 1 pwynt
    [two] 2 bwynt
   *[other] { $points } pwynt
}
frame-task = Tasg ysgrifenedig { $n } o { $of } · { $points ->
    [one] 1 pwynt
    [two] 2 bwynt
   *[other] { $points } pwynt
}
frame-saving = Yn cadw…
frame-saved = Wedi’i gadw { $time }
frame-unsaved = Heb ei gadw eto. Mae eich ateb ar y dudalen hon o hyd, a bydd yn cael ei gadw cyn gynted â phosibl.
frame-failed = Heb ei gadw eto: { $why }. Mae eich ateb ar y dudalen hon o hyd. Byddwn yn ceisio ei gadw eto bob ychydig eiliadau.
frame-check = Gwirio fy ateb
frame-first = Dewiswch ateb yn gyntaf, yna ei wirio.
frame-all-right = ✓ Mae hynny’n gywir.
frame-not-yet = Ddim yn hollol gywir. Darllenwch y nodiadau, yna rhowch gynnig arall arni.
# The three verdicts on a part of an answer; the part follows.
frame-right = ✓ Cywir:
frame-wrong = ✗ Nid hwn:
frame-missed = ○ Hwn hefyd:
frame-no-reply = Ni ellir gwirio eich ateb ar hyn o bryd. Rhowch gynnig arall arni mewn eiliad.
frame-conflict = { $time ->
    [none] Rydych wedi newid yr ateb hwn mewn ffenestr arall. Pa un ydych chi am ei gadw?
   *[other] Rydych wedi newid yr ateb hwn mewn ffenestr arall am { $time }. Pa un ydych chi am ei gadw?
}
frame-other = Yr ateb o’r ffenestr arall
frame-blank = Dim ateb
frame-mine = Cadw’r hyn sydd ar y dudalen hon
frame-theirs = Defnyddio’r ateb o’r ffenestr arall
# In the place of a part that could not be shown.
frame-calm = Ni ellid dangos y rhan hon.
frame-safe = Mae eich atebion yn ddiogel. Dywedwch wrth eich tiwtor, ac ewch ymlaen at y rhan nesaf.
frame-no-question = Nid oes cwestiwn o’r enw { $name } yma.
