# What is said only where a kernel keeps the answers, and in no page from a file or a web server: what went wrong, and what to do.
error-paper = Dewiswyd y cwestiynau hyn ar gyfer yr ID dysgwr { $learner }, a theipioch { $typed }.
error-paper-hub = Dewiswyd y cwestiynau hyn ar gyfer { $learner }, fel yr ydych wedi mewngofnodi, a theipioch { $typed }. Teipiwch { $learner }, os gwelwch yn dda.
error-no-paper = Nid yw eich cwestiynau wedi’u dewis eto. Agorwch y llyfr gwaith a theipiwch eich ID dysgwr wrth y cwestiwn cyntaf.
error-answers = Ni ellid cyflwyno eich atebion: ni ellir darllen y ffeil sy’n eu dal. Dywedwch wrth eich tiwtor.
error-no-answers = Nid oes dim i’w gyflwyno eto. Atebwch gwestiwn, yna rhowch gynnig arall arni.
error-hand-in-folder = Ni chyflwynwyd dim: ni ellir ysgrifennu i’r ffolder ({ $why }). Mae eich atebion yn ddiogel.
error-refused = Ni chyflwynwyd dim: gwrthododd cyfnewidfa’r coleg ef ({ $why }). Mae eich atebion yn ddiogel. Dywedwch wrth eich tiwtor.
error-no-list = Ni ellir rhestru llyfrau gwaith newydd ar hyn o bryd ({ $why }). Rhowch gynnig arall arni yn nes ymlaen.
error-gone = Nid yw’r llyfr gwaith hwn yno bellach. Ail-lwythwch y dudalen.
error-no-exchange = Nid oes cyfnewidfa i chwilio am adborth ynddi. Gofynnwch i’ch tiwtor amdano.
error-fetch = Ni ellid nôl y llyfr gwaith ({ $why }). Rhowch gynnig arall arni, neu dywedwch wrth eich tiwtor.
error-fetch-feedback = Ni ellid nôl unrhyw adborth ({ $why }). Rhowch gynnig arall arni yn nes ymlaen.
# These two follow "Not saved yet:".
error-busy = mae ffenestr arall yn cadw; bydd hon yn rhoi cynnig arall arni
error-folder = ni ellir defnyddio’r ffolder ({ $why })
program-private = Nid yw eich tiwtor yn gweld hwn. Mae’n cael ei gadw gyda’ch atebion, ac ni chaiff ei gyflwyno.
# Y dderbynneb ar bapur, a’r hyn sydd o gwmpas llyfr gwaith yn JupyterLab.
receipt-title = Derbynneb: { $title }
receipt-skip = Neidio i’r dderbynneb
receipt-name = Derbynneb
receipt-give = Y cam nesaf: rhowch y ffeil i’ch tiwtor. Lanlwythwch hi i Moodle, neu ei hanfon, fel y dywedodd eich tiwtor.
receipt-where = Mae’r ffeil yn y ffolder “handed-in”, wrth ochr eich llyfrau gwaith.
receipt-keep = Cadwch y dderbynneb hon. Mae’n dangos beth a gyflwynoch, a phryd. I’w hargraffu, defnyddiwch Argraffu yn newislen eich porwr.
frame-calm = Ni ellid dangos y rhan hon.
frame-safe = Mae eich atebion yn ddiogel. Dywedwch wrth eich tiwtor, ac ewch ymlaen at y rhan nesaf.
page-open = Agor fel tudalen
page-open-why = Mae’n haws darllen ac ateb y llyfr gwaith hwn fel tudalen ar ei phen ei hun. Mae eich atebion yr un fath yn y ddau.
page-opening = Yn agor eich llyfr gwaith. Mae hyn yn cymryd ychydig eiliadau.
page-failed = Ni allai rhan o’r llyfr gwaith hwn ddechrau.
page-again = Rhoi cynnig arall arni
page-asleep = Mae eich llyfr gwaith wedi mynd i gysgu. Mae’r atebion a gadwyd yn ddiogel.
page-wake = Ei ddeffro
page-foreign = Nid yw’r llyfr nodiadau hwn yn rhedeg ar ei ben ei hun, gan ei fod mewn ffolder tiwtor neu’n cynnwys mwy na chwestiynau llyfr gwaith.
page-author = Yma mae’r llyfr gwaith hwn yn cael ei ysgrifennu. Cliciwch ddwywaith ar destun i’w newid, yna cadwch gyda Ctrl+S (Cmd+S ar Mac). I’w weld fel myfyrwyr, rhyddhewch ef i ddosbarth.
