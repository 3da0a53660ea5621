# Around every question.
frame-practice = Ymarfer { $n } o { $of } · heb ei farcio
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
frame-unsaved = { $kept ->
    [false] Heb ei gadw eto. Ar y dudalen hon yn unig y mae eich ateb. Gadewch y dudalen ar agor: bydd yn cael ei gadw cyn gynted â phosibl.
   *[other] Heb ei gadw eto. Mae eich ateb ar y dudalen hon o hyd, a bydd yn cael ei gadw cyn gynted â phosibl.
}
frame-failed = { $kept ->
    [false] Heb ei gadw eto: { $why }. Ar y dudalen hon yn unig y mae eich ateb. Gadewch y dudalen ar agor: byddwn yn ceisio ei gadw eto.
   *[other] Heb ei gadw eto: { $why }. Mae eich ateb ar y dudalen hon o hyd. Byddwn yn ceisio ei gadw eto.
}
frame-refused = Heb ei gadw: mae rhywbeth yn yr ateb hwn na ellir ei gadw yma, fel llythyren neu arwydd wedi torri, neu ormod o destun. Mae’n aros ar y dudalen hon. Newidiwch ef, a bydd yn cael ei gadw.
frame-unread = Ni ellir dangos eich ateb eto: { $why }. Byddwn yn rhoi cynnig arall arni.
frame-check = Gwirio fy ateb
frame-first = Dewiswch ateb yn gyntaf, yna ei wirio.
frame-first-gaps = Llenwch fwlch yn gyntaf, yna ei wirio.
frame-first-match = Parwch un yn gyntaf, yna ei wirio.
frame-first-order = Pwyswch y camau yn eich trefn yn gyntaf, yna ei gwirio.
frame-first-relationships = Dewiswch ar gyfer un person yn gyntaf, yna ei wirio.
frame-first-short = Teipiwch eich ateb yn gyntaf, yna ei wirio.
frame-first-sort = Rhowch gerdyn mewn grŵp yn gyntaf, yna ei wirio.
frame-go = Mynd i’r { $sign } cyntaf
frame-all-right = { $n ->
    [1] { $of ->
        [1] ✓ Mae hynny’n gywir.
        [2] ✓ Y ddau yn gywir, y tro cyntaf. Da iawn chi.
       *[other] ✓ Y { $of } yn gywir, y tro cyntaf. Da iawn chi.
    }
   *[other] { $of ->
        [1] ✓ Mae hynny’n gywir nawr. Da iawn chi.
        [2] ✓ Y ddau yn gywir nawr. Da iawn chi.
       *[other] ✓ Y { $of } yn gywir nawr. Da iawn chi.
    }
}
frame-not-this = Ddim yn hollol gywir. Darllenwch pam, yna rhowch gynnig arall arni.
# Mae un, dwy neu’r tair o’r rhain mewn llinell.
frame-score = { $done } o { $of } yn gywir.
frame-again = { $n ->
    [1] Rhowch gynnig arall ar yr un â { $signs }.
    [2] Rhowch gynnig arall ar y ddau â { $signs }.
    [3] Rhowch gynnig arall ar y tri â { $signs }.
    [4] Rhowch gynnig arall ar y pedwar â { $signs }.
   *[other] Rhowch gynnig arall ar y rhai â { $signs }.
}
frame-signs = ✗ neu ○
frame-too-many = { $n ->
    [one] Rydych wedi dod o hyd i’r cyfan. Tynnwch yr un â ✗.
   *[other] Rydych wedi dod o hyd i’r cyfan. Tynnwch y rhai â ✗.
}
frame-missing = { $n ->
    [one] Mae un arall i’w ganfod.
   *[other] Mae { $n } arall i’w canfod.
}
frame-show = Dangos yr ateb i mi
frame-shown = Dangosir yr ateb cywir. Mae’r hyn a ddewisoch yn aros fel y mae: rhowch gynnig arall arni pan fynnwch.
# Yr hyn a ddywedir am ran o ateb; mae brawddeg yn dilyn.
frame-right = ✓ Cywir
frame-wrong = ✗ Nid hwn
frame-missed = ○ Ar agor o hyd
frame-hint = Awgrym:
frame-answer = → Yr ateb cywir
frame-conflict = { $time ->
    [none] Rydych wedi newid yr ateb hwn mewn ffenestr arall. Pa un ydych chi am ei gadw?
   *[other] Rydych wedi newid yr ateb hwn mewn ffenestr arall am { $time }. Pa un ydych chi am ei gadw?
}
frame-older = { $time ->
    [none] Newidiwyd y ffeil gyda’ch atebion, ac mae rhywbeth arall ynddi yma. Pa un ydych chi am ei gadw?
   *[other] Newidiwyd y ffeil gyda’ch atebion, ac mae fersiwn arall o’r ateb hwn, o { $time }. Pa un ydych chi am ei gadw?
}
frame-brought = { $time ->
    [none] Mae fersiwn arall o’r ateb hwn. Pa un ydych chi am ei gadw?
   *[other] Mae fersiwn arall o’r ateb hwn, o { $time }. Pa un ydych chi am ei gadw?
}
frame-final = Mewn ffenestr arall aethoch ymlaen â’r stori hon. Ni ellir tynnu’n ôl yr hyn a benderfynwyd yno.
frame-other = Yr ateb arall
frame-blank = Dim ateb
frame-mine = Cadw’r hyn sydd ar y dudalen hon
frame-theirs = Defnyddio’r ateb arall
frame-go-on = Mynd ymlaen oddi yno
# A draft that was never saved, maybe of somebody else who used the same computer.
frame-offer = { $who ->
    [none] Cafwyd hyd i destun o { $time } yn y porwr hwn. Nid yw wedi’i gadw. Ai chi biau ef?
   *[other] Cafwyd hyd i destun o { $time } gan { $who } yn y porwr hwn. Nid yw wedi’i gadw. Ai chi biau ef?
}
frame-offered = Dangos yr hyn a gafwyd
frame-use = Ei ddefnyddio
frame-leave = Ei adael allan
# In the place of a part that could not be shown.
frame-no-question = Nid oes cwestiwn o’r enw { $name } yma.
frame-changed = Newidiwyd y cwestiwn hwn ar ôl i chi ei ateb, ac nid yw eich ateb yn ffitio mwyach. Mae’n cael ei gadw, ond nid yw’n cael ei gyflwyno. Atebwch eto, os gwelwch yn dda.
