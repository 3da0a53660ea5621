# What went wrong, and what to do.
error-learner = Un llinell o hyd at 128 o lythrennau, digidau neu arwyddion yw’r rhif dysgwr. Edrychwch ar yr hyn a roddodd eich tiwtor i chi.
error-paper = Dewiswyd y cwestiynau hyn ar gyfer y rhif dysgwr { $learner }, a theipioch { $typed }.
error-paper-hub = Dewiswyd y cwestiynau hyn ar gyfer { $learner }, fel yr ydych wedi mewngofnodi, a theipioch { $typed }. Teipiwch { $learner }, os gwelwch yn dda.
error-no-paper = Nid yw eich cwestiynau wedi’u dewis eto. Agorwch y llyfr gwaith a theipiwch eich rhif dysgwr wrth y cwestiwn cyntaf.
error-answers = Ni ellid cyflwyno eich atebion: ni ellir darllen y ffeil sy’n eu dal. Dywedwch wrth eich tiwtor.
error-no-answers = Nid oes dim i’w gyflwyno eto. Atebwch gwestiwn, yna rhowch gynnig arall arni.
error-declaration = Ticiwch y datganiad yn gyntaf, os gwelwch yn dda. Mae’n dweud mai eich gwaith chi eich hun yw hwn.
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
