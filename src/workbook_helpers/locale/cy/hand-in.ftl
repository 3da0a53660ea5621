# How far the student is, the review, the hand-in and its receipt.
progress-label = Cwestiynau a atebwyd
progress-count = { $done } o { $total }
progress-practice = Ymarfer { $done } o { $total }
progress-assessed = I’ch tiwtor { $done } o { $total }
progress-started = { $n } wedi’u dechrau
hand-in-title = Adolygu a chyflwyno
hand-in-left = Rydych wedi ateb { $done } o { $total } cwestiwn a gaiff eu marcio.
hand-in-open = Heb eu hateb eto:
hand-in-forms = Ffurflenni am eich gwaith eich hun, heb eu llenwi eto. Mae rhai meini prawf yn dibynnu arnynt:
hand-in-started = Wedi’u dechrau, ond heb eu gorffen:
hand-in-look = Efallai yr hoffech edrych ar hyn eto:
hand-in-all = { $total ->
    [one] Rydych wedi ateb y cwestiwn a gaiff ei farcio.
    [two] Rydych wedi ateb y ddau gwestiwn a gaiff eu marcio.
   *[other] Rydych wedi ateb pob un o’r { $total } cwestiwn a gaiff eu marcio.
} Da iawn.
hand-in-practice = Rydych wedi ateb { $done } o { $total } cwestiwn ymarfer. Cewch adael y lleill.
hand-in-declare = Ticiwch y datganiad hefyd, os gwelwch yn dda.
hand-in-tick = Ticiwch hwn yn gyntaf, yna cyflwynwch.
hand-in-declare-first = Ticiwch y datganiad yn gyntaf, os gwelwch yn dda. Mae ychydig uwchben.
hand-in-learner = Eich ID dysgwr
hand-in-learner-hint = Eich tiwtor a’i rhoddodd i chi. Yn aml mae’n god byr neu’n enw mewngofnodi’r coleg.
hand-in-learner-missing = Teipiwch eich ID dysgwr, os gwelwch yn dda.
hand-in-as = Cyflwyno fel { $learner }
hand-in-am = { $place ->
    [device] { $typed } ydw i: agor fy nghopi fy hun. Nid yw gwaith { $learner } ynddo; mae’n aros ar y ddyfais hon
   *[disk] { $typed } ydw i: dangos fy nghwestiynau fy hun. Mae atebion { $learner } wedi’u cadw
}
hand-in-now = Cyflwyno
hand-in-again = Cyflwyno eto
hand-in-anyway = Cyflwyno beth bynnag
hand-in-busy = Yn cyflwyno…
hand-in-sure = { $n ->
    [one] Nid yw 1 cwestiwn wedi’i orffen eto.
    [two] Nid yw 2 gwestiwn wedi’u gorffen eto.
   *[other] Nid yw { $n } cwestiwn wedi’u gorffen eto.
} Ewch yn ôl i ateb, neu pwyswch y botwm eto i gyflwyno fel y mae.
hand-in-unsaved = Nid yw rhai atebion wedi’u cadw eto, neu maent yn aros i chi ddewis. Edrychwch arnynt, yna rhowch gynnig arall arni.
hand-in-no-reply = Heb ei gyflwyno eto: ni ddaeth ateb gan y llyfr gwaith. Ail-lwythwch y dudalen a rhowch gynnig arall arni.
hand-in-made = ✓ Mae eich ffeil gyflwyno wedi’i gwneud
hand-in-done = ✓ Wedi’i gyflwyno
hand-in-own = Y cam nesaf: { $words }
hand-in-next = Y cam nesaf: cadwch y ffeil hon. Yna rhowch hi i’ch tiwtor, neu ei lanlwytho lle dywedodd eich tiwtor.
hand-in-give = Y cam nesaf: rhowch hi i’ch tiwtor, neu ei lanlwytho lle dywedodd eich tiwtor.
hand-in-given-save = ✓ Mae’r ffeil wedi’i chadw, yn eich ffolder lawrlwytho yn ôl pob tebyg.
hand-in-given-share = ✓ Rydych wedi anfon neu gadw’r ffeil.
hand-in-receipt = Gweld ac argraffu’r dderbynneb
hand-in-newest = Cewch newid atebion a chyflwyno eto. Bydd eich tiwtor yn marcio’r un diweddaraf.
hand-in-changed = Rydych wedi newid atebion ers i chi gyflwyno. Cyflwynwch eto, er mwyn i’ch tiwtor eu gweld.
hand-in-home = Ewch i Fy llyfrau gwaith: mae’n dangos beth sy’n dod nesaf.
receipt-when = Pryd
receipt-code = Cod y dderbynneb
receipt-answered = Wedi’u hateb
receipt-of = { $done } o { $total } cwestiwn a gaiff eu marcio{ $started ->
    [0] {""}
   *[other] , a { $started } wedi’u dechrau
}
receipt-file = Ffeil
receipt-later = Ar { $day }, yn ôl yn y gwaith, gofynnwch i’ch hun: beth rydw i’n ei wneud yn wahanol oherwydd y llyfr gwaith hwn? Dywedwch wrth eich tiwtor neu’ch rheolwr.
receipt-nothing-else = Mae gan eich tiwtor y gwaith nawr. Nid oes dim arall i’w wneud.
receipt-save = Cadw’r ffeil
receipt-save-again = Cadw’r ffeil eto
receipt-share = Anfon neu gadw’r ffeil
receipt-share-again = Anfon neu gadw’r ffeil eto
hand-in-link = Agor y dudalen cyflwyno
receipt-print = Argraffu’r dderbynneb
