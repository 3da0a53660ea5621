# What stands around a workbook.
page-skip = Neidio i’r llyfr gwaith
page-home = Fy llyfrau gwaith
page-contents = Cynnwys
page-display = Dangos
page-lost = Mae eich llyfr gwaith wedi colli ei gysylltiad. Mae’r hyn a ysgrifennoch wedi’i gadw yn y porwr hwn.
page-lost-unkept = Mae eich llyfr gwaith wedi colli ei gysylltiad. Nid yw’r porwr hwn yn cadw’r hyn a ysgrifennwyd ers hynny: copïwch ef i le arall cyn mynd ymlaen.
page-mended = Roedd y ffeil gyda’ch atebion wedi’i difrodi neu ar goll. Defnyddiwyd copi yn ei lle; mae’r ateb diweddaraf ynddo o { $time }. Edrychwch a yw’r hyn a ysgrifennoch yno.
page-lost-answers = Nid oedd modd defnyddio’r ffeil gyda’ch atebion, ac nid oedd copi ohoni. Edrychwch ar eich atebion, a dywedwch wrth eich tiwtor. Cedwir y ffeil.
page-stranger = Wrth ymyl eich atebion mae ffeil arall: { $name }, o { $time }. Efallai mai rhaglen sy’n copïo ffeiliau a’i gwnaeth. Ni chaiff ei defnyddio yma. Os oes atebion ar goll, dywedwch wrth eich tiwtor.
page-seen = Rwyf wedi edrych
page-other = { $place ->
    [device] Rydych yn gweithio yma fel { $learner } nawr. Mae gwaith { $other } yn dal ar y ddyfais hon. I ddod yn ôl ato’n nes ymlaen, pwyswch “Nid chi?” yn y ddewislen a theipiwch { $other }.
   *[disk] Rydych yn gweithio yma fel { $learner } nawr. Mae atebion { $other } wedi’u cadw. I ddod yn ôl atynt yn nes ymlaen, teipiwch { $other } lle rydych yn cyflwyno.
}
page-other-back = Mynd yn ôl i { $other }
page-reload = Mynd ymlaen
page-section-done = ✓ wedi’i wneud
page-menu = Dewislen
page-sections = Adrannau
page-section = Adran { $n } o { $of }
page-section-short = { $n } o { $of }
page-minutes = tua { $n } munud
page-back = Yn ôl
page-next = Nesaf
page-went-on = Dyma lle roeddech chi.
page-to-start = Mynd i’r dechrau
page-handed = { $through ->
    [exchange] Cyflwynwyd hwn gennych ar { $time }.
   *[file] Gwnaethoch eich ffeil gyflwyno ar { $time }.
}
page-receipt = Gweld y dderbynneb
page-legend = Ystyr y lliwiau
page-legend-practice = Ymarfer: gwelwch ar unwaith beth sy’n gywir. Nid yw’n cael ei farcio.
page-legend-assessed = Wedi’i farcio: bydd eich tiwtor yn ei farcio.
page-legend-private = Preifat: i chi yn unig, oni bai eich bod yn dewis ei rannu.
page-legend-record = I’r cofnod: bydd eich tiwtor yn ei weld. Nid oes marciau amdano.
page-removed = { $n ->
    [1] Mae ateb gennych yn perthyn i gwestiwn nad yw yn y llyfr gwaith hwn mwyach. Mae’n cael ei gadw, ond nid yw’n cael ei gyflwyno.
   *[other] Mae { $n } ateb gennych yn perthyn i gwestiynau nad ydynt yn y llyfr gwaith hwn mwyach. Maent yn cael eu cadw, ond nid ydynt yn cael eu cyflwyno.
}
