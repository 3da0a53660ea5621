# Tudalen y mae’r porwr yn unig yn ei chadw.
device-who = Chi: { $learner }
device-not-me = Nid chi?
device-new-here = Nid oes dim wedi’i gadw ar y ddyfais hon o dan { $learner } eto, felly mae’r llyfr gwaith hwn yn wag. Os ydych wedi gweithio yma o’r blaen, edrychwch ar eich ID.
device-again = Teipio fy ID eto
device-right = Mae fy ID yn gywir
device-title = Ble mae eich gwaith
device-where = Mae eich atebion ar y ddyfais hon, yn y porwr hwn, o dan { $learner }. { $handed ->
    [none] Does neb arall wedi’u cael eto.
    [0] Maent i gyd yn eich ffeil gyflwyno.
    [one] Mae 1 ohonynt wedi newid ers i chi gyflwyno.
   *[other] Mae { $handed } ohonynt wedi newid ers i chi gyflwyno.
} { $copied ->
    [none] Nid ydych wedi cadw copi eto.
   *[other] Mae eich copi diwethaf o { $copied } ({ $n ->
        [0] does dim wedi newid ers hynny
        [one] 1 newid ers hynny
       *[other] { $n } newid ers hynny
    }).
}
device-not-all = Nid yw popeth ar y dudalen hon wedi’i gadw ar y ddyfais hon. Cadwch gopi nawr: mae’r hyn sydd ar y dudalen ynddo hefyd.
device-save-copy = Cadw copi
device-open-copy = Agor fy nghopi
device-copy-private = Un ffeil gyda’ch holl atebion yw copi, gan gynnwys eich nodiadau preifat. Gyda hi gallwch barhau ar ddyfais arall, neu ar ôl i’r porwr hwn anghofio, fel y gwna ffenestr breifat pan gaiff ei chau.
device-finish = Tynnu fy ngwaith ym mhob llyfr gwaith oddi ar y ddyfais hon
device-sure = Mae hyn yn tynnu eich holl atebion i bob llyfr gwaith oddi ar y ddyfais hon. Ni ellir ei ddadwneud. Cadwch gopi yn gyntaf, os ydych am barhau yn rhywle arall.
device-remove = Tynnu’r cyfan
device-leave = Ei adael yma
device-not-now = Nid nawr
device-copied = Mae eich copi wedi’i wneud: { $file }. Chwiliwch amdano lle mae’r ddyfais hon yn cadw’r hyn rydych yn ei lawrlwytho, a chadwch ef yn ddiogel.
device-brought = { $taken ->
    [0] Doedd dim byd newydd yn y copi.
   *[other] Cymerwyd { $taken } ateb o’r copi.
} { $differ ->
    [0] {""}
   *[other] Mae gan { $differ } cwestiwn ateb arall yma: dewiswch yno pa un i’w gadw.
}
device-no-copy = Nid copi o lyfr gwaith yw’r ffeil hon. Dewiswch y ffeil a roddodd “Cadw copi” i chi; mae ei henw’n gorffen â .copy.json.
device-other-workbook = Mae’r copi hwn yn perthyn i lyfr gwaith arall. Agorwch y llyfr gwaith hwnnw, yna agorwch y copi yno.
device-other-class = Mae’r copi hwn yn perthyn i lyfr gwaith dosbarth arall. Agorwch ef yn y llyfr gwaith y daeth ohono.
device-copy-of = Copi { $learner } yw hwn, ac rydych yn gweithio yma fel { $me }. Os mai { $learner } ydych chi, pwyswch “Nid chi?” yn y ddewislen a theipiwch { $learner }; yna agorwch y copi eto.
device-not-you = O dan { $learner } y cedwir y gwaith hwn, a theipioch { $typed }.
device-full = does dim lle ar ôl gan y porwr hwn
device-forbidden = nid yw’r porwr hwn yn cadw dim ar hyn o bryd, efallai am fod y ddyfais yn llawn neu’r ffenestr yn breifat
device-keeps-nothing = Nid yw’r porwr hwn yn cadw dim, efallai am fod y ddyfais yn llawn, am fod y ffenestr yn breifat neu am fod ei storfa wedi’i diffodd. Ar y dudalen hon yn unig y mae’r hyn a ysgrifennwch: cadwch gopi cyn ei chau, ac agorwch y copi y tro nesaf.
device-ill = Ni ellid cadw eich atebion diweddaraf: { $why }. Ar y dudalen hon yn unig y maent. Cadwch gopi cyn ei chau.
device-forgot = Roedd y porwr hwn wedi taflu eich atebion. Rhoddwyd yn ôl yr hyn oedd gan y dudalen hon o hyd. Gwiriwch fod y cyfan yno, a chadwch gopi.
device-copy-due = Mae { $n } ateb ar y ddyfais hon yn unig. Cadwch gopi, fel na chaiff dim ei golli gyda’r ddyfais.
