# Asked before the questions of a workbook that draws them for each learner.
learner-title = Cyn dechrau
learner-why = Oddi wrtho y dewisir eich cwestiynau. Teipiwch ef fel y rhoddodd eich tiwtor ef i chi; yn aml mae’n god byr neu’n enw mewngofnodi’r coleg.
learner-start = Dangos fy nghwestiynau
learner-later = Bydd eich cwestiynau’n ymddangos pan fyddwch wedi teipio eich ID dysgwr.
learner-there = Ei deipio nawr
learner-no-reply = Ni ddaeth ateb gan y llyfr gwaith. Ail-lwythwch y dudalen a rhowch gynnig arall arni.
learner-why-device = Mae eich gwaith yn cael ei gadw ar y ddyfais hon o dan hwn. Teipiwch ef fel y rhoddodd eich tiwtor ef i chi; yn aml mae’n god byr neu’n fewngofnod eich coleg.
learner-none = Dim rhif eto? Gofynnwch i’ch tiwtor; tan hynny cewch ddarllen ymlaen.
learner-elsewhere = Dywedodd rhywun mewn tab arall nad chi sydd yma. Mae eich atebion wedi’u cadw.
learner-removed = Tynnwyd yr atebion oddi ar y ddyfais hon.
learner-shared = Mae pobl eraill yn defnyddio’r ddyfais hon hefyd: gofynnwch eto y tro nesaf
