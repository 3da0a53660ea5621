# Tudalen y mae gwasanaeth yn cadw atebion dosbarth y tu ôl iddi.
saved-device = Wedi’i gadw ar y ddyfais hon. Caiff ei anfon pan ddaw’r cysylltiad yn ôl.
saved-later = Wedi’i gadw ar y ddyfais hon. Ni ellir ei anfon nawr, a rhoddir cynnig arall arni ar ei ben ei hun.
saved-out = Wedi’i gadw ar y ddyfais hon. Caiff ei anfon pan fyddwch wedi mewngofnodi eto.
served-away = does dim cysylltiad, a does neb wedi gweithio yma o’r blaen
served-out = Rydych wedi’ch allgofnodi. Mae’r hyn a ysgrifennwch yn cael ei gadw ar y ddyfais hon. Mewngofnodwch eto, er mwyn ei anfon.
served-sign-in = Mewngofnodi eto
served-apart = Mae’r ddyfais hon hefyd yn cadw atebion dysgwr â’r ID { $learner } nad ydynt gan gyfrifiadur eich coleg. Nid oes neb yn eu gweld cyn i chi ddweud ai eich rhai chi ydynt.
served-apart-mine = Fy rhai i ydynt: eu dangos a’u hanfon
served-apart-not = Nid fy rhai i ydynt: eu dileu
served-feedback = Mae eich tiwtor wedi rhoi adborth i chi ar y llyfr gwaith hwn.
served-offline = Does dim cysylltiad. Rydych yn gweld yr hyn sydd wedi’i gadw ar y ddyfais hon.
served-busy = Ni all cyfrifiadur eich coleg ateb nawr. Rydych yn gweld yr hyn sydd wedi’i gadw ar y ddyfais hon. Bydd y dudalen yn rhoi cynnig arall arni ar ei phen ei hun.
served-hand-in-later = Heb ei gyflwyno: does dim cysylltiad nawr. Mae eich gwaith wedi’i gadw ar y ddyfais hon. Cyflwynwch pan ddaw’r cysylltiad yn ôl.
served-hand-in-busy = Heb ei gyflwyno: ni all cyfrifiadur eich coleg ei dderbyn nawr. Mae eich gwaith wedi’i gadw ar y ddyfais hon. Rhowch gynnig arall arni ymhen munud. Os yw’n parhau fel hyn, dywedwch wrth eich tiwtor.
served-hand-in-unknown = Ni ddaeth ateb, felly ni wyddys eto a yw eich gwaith wedi’i gyflwyno. Mae wedi’i gadw ar y ddyfais hon. Edrychwch yma eto pan ddaw’r cysylltiad yn ôl: os nad oes derbynneb bryd hynny, cyflwynwch unwaith eto.
served-hand-in-out = Heb ei gyflwyno: rydych wedi’ch allgofnodi. Mae eich gwaith wedi’i gadw ar y ddyfais hon. Mewngofnodwch eto, yna cyflwynwch.
served-hand-in-changed = Heb ei gyflwyno: newidiwyd eich atebion ar ddyfais arall gynnau. Edrychwch arnynt, yna cyflwynwch.
served-hand-in-choose = Heb ei gyflwyno: mae gan ateb fersiwn arall, neu ni ellir ei gadw fel y mae. Edrychwch arno, yna cyflwynwch.
served-where = Rydych yn gweithio yma fel { $learner }. { $unsent ->
    [0] Mae eich holl atebion gan gyfrifiadur eich coleg: gallwch barhau ar unrhyw ddyfais arall.
   *[other] Mae { $unsent } ateb ar y ddyfais hon yn unig.
} { $how ->
    [none] {""}
    [out] Mewngofnodwch eto, er mwyn anfon eich gwaith.
    [wait] Edrychwch ar bob cwestiwn sy’n dweud nad yw wedi’i gadw, neu sy’n gofyn i chi ddewis.
   *[sent] Caiff eich gwaith ei anfon ar ei ben ei hun pan fydd cysylltiad.
} { $handed ->
    [none] Nid ydych wedi cyflwyno eto.
    [0] Maent i gyd wedi’u cyflwyno.
    [one] Mae 1 ohonynt wedi newid ers i chi gyflwyno.
   *[other] Mae { $handed } ohonynt wedi newid ers i chi gyflwyno.
}
served-private = Mae’n cael ei gadw ar gyfrifiadur eich coleg gyda’ch atebion, ac ni chaiff ei ddangos i’ch tiwtor.
served-seen = Tra bo dosbarth yn gweithio, gall eich tiwtor weld ym mha adran rydych chi, faint rydych wedi’i ateb a sut aeth yr ymarfer. Nid yw eich tiwtor yn gweld yr hyn a ysgrifennwch cyn i chi ei gyflwyno, ac nid yw’n gweld eich nodiadau preifat oni bai eich bod yn ticio i’w dangos.
served-leave = Gadael
served-leave-sure = Mae { $n } ateb ar y ddyfais hon yn unig ac nid yw wedi’i anfon eto. Os gadewch nawr, caiff ei golli.
served-stay = Aros yma
served-leave-all-the-same = Gadael er hynny
served-has = Gyda’ch tiwtor
served-has-what = Eich atebion fel yr oeddent ar { $time }. Nid yw nodiadau preifat yn eu plith oni bai eich bod wedi ticio i’w dangos.
served-page-sign-in = Agorwch Fy llyfrau gwaith a mewngofnodwch yno. Yna agorwch hwn eto.
served-page-none = Nid oes tudalen o’r fath yma
served-page-address = Defnyddiwch y cyfeiriad y mae eich tiwtor yn ei ddangos i chi.
served-page-busy = Ni all cyfrifiadur eich coleg ateb nawr
served-page-again = Rhowch gynnig arall arni ymhen munud.
# Where a college's hub signs people in.
served-hub-not-in = Nid ydych wedi mewngofnodi
served-hub-nobody = Rydych wedi mewngofnodi yn y coleg fel { $user }, ac nid oes dysgwr o'r enw hwnnw yn y dosbarth hwn. Dywedwch wrth eich tiwtor.
served-hub-again = Cymerodd hyn ormod o amser, neu fe'i dechreuwyd mewn ffenestr arall. Caewch hon, ac agorwch eich llyfrau gwaith eto.
served-hub-failed = Nid yw mewngofnodi'r coleg yn ateb ar hyn o bryd. Rhowch gynnig arall arni ymhen munud.
