# What the tutor asks one learner to look at again.
referral-title = Mae eich tiwtor yn gofyn i chi edrych eto ar { $n ->
    [one] 1 dasg
    [two] 2 dasg
   *[other] { $n } tasg
}{ $until ->
    [none] {""}
   *[other] , erbyn { $until }
}
referral-short = { $n ->
    [one] 1 dasg
    [two] 2 dasg
   *[other] { $n } tasg
} i edrych arni eto
referral-what = { $n ->
    [one] Mae hi yma, gyda’ch ateb cyntaf a’r hyn y mae eich tiwtor yn ei ddweud amdano. Newidiwch yr ateb, ticiwch y datganiad, yna cyflwynwch eto.
   *[other] Maen nhw yma, pob un gyda’ch ateb cyntaf a’r hyn y mae eich tiwtor yn ei ddweud amdano. Newidiwch yr atebion, ticiwch y datganiad, yna cyflwynwch eto.
}
referral-over = Mae’r diwrnod hwnnw wedi mynd heibio: gofynnwch i’ch tiwtor a gewch chi gyflwyno o hyd.
referral-criteria = Nid yw’r meini prawf hyn wedi’u bodloni eto:
referral-missing = Beth sydd ar goll:
referral-first = Eich ateb cyntaf
referral-comment = Sylw eich tiwtor
referral-points = { $points } o { $of } pwynt hyd yma
referral-new = Eich ateb newydd
referral-unchanged = Heb ei newid eto: mae’n dechrau gyda’ch ateb cyntaf, sy’n cael ei gadw fel yr oedd.
referral-around = Darllenwch yr hyn sydd o gwmpas y dasg hon yn y llyfr gwaith
referral-there = Mae’r dasg hon ar ddechrau’r dudalen, gan fod eich tiwtor yn gofyn amdani eto
referral-hand-in-there = Mae cyflwyno ar ddechrau’r dudalen, o dan y tasgau
referral-else = Popeth arall
referral-else-what = Cewch ddarllen y cyfan. Mae’r hyn a gafodd ei farcio yn aros fel y cyflwynoch chi ef.
referral-to = { $n ->
    [one] Ewch at y dasg
    [two] Ewch at y 2 dasg
   *[other] Ewch at y { $n } tasg
}
referral-closed = Wedi’i gyflwyno, a heb fod ar agor eto. Eich ateb:
referral-far = Wedi newid { $done } o { $total }
referral-left = { $total ->
    [one] Nid ydych wedi gorffen y dasg y mae eich tiwtor yn gofyn amdani eto.
    [two] Rydych wedi newid { $done } o’r 2 dasg y mae eich tiwtor yn gofyn amdanyn nhw eto.
   *[other] Rydych wedi newid { $done } o’r { $total } tasg y mae eich tiwtor yn gofyn amdanyn nhw eto.
}
referral-all = Rydych wedi newid { $total ->
    [one] y dasg
    [two] y ddwy dasg
   *[other] pob un o’r { $total } tasg
} y mae eich tiwtor yn gofyn amdanyn nhw eto. Da iawn.
referral-open = Heb eu newid eto:
referral-aside = Beth arall a ysgrifennoch yma. Ni chafodd ei gyflwyno.
referral-other = { $place ->
    [device] Nid yw’r ffeil hon ar gyfer { $learner }: gwnaeth eich tiwtor hi ar gyfer ID dysgwr arall. Os gwnaethoch gamdeipio eich un chi, pwyswch “Nid chi?” a’i deipio eto. Os na, gofynnwch i’ch tiwtor am eich ffeil eich hun.
   *[disk] Mae ffeil gan diwtor yma nad yw ar gyfer { $learner }, ond ar gyfer ID dysgwr arall. Os gwnaethoch gamdeipio eich un chi, teipiwch ef eto lle rydych yn cyflwyno.
}
receipt-attempt = Cynnig
receipt-of-again = { $done } o { $total } tasg wedi newid{ $started ->
    [0] {""}
   *[other] , a { $started } wedi’u dechrau
}
