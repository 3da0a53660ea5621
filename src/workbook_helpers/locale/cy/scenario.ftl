scenario-rule = Mae pob penderfyniad yn ennill ei bwyntiau ei hun. Y ffordd orau drwy’r stori sy’n ennill y cyfan. Ar ôl penderfyniad a allai wneud niwed, 1 pwynt yw’r mwyaf.
scenario-log = Y stori hyd yn hyn
scenario-warning = Yn y stori hon ni allwch fynd yn ôl. Meddyliwch yn gyntaf: mae pob dewis yn cyfrif pan bwyswch “Gwneud hyn”. Cewch stopio a pharhau yn nes ymlaen.
scenario-free = Heb ei farcio. Cewch fynd yn ôl a rhoi cynnig ar ffordd arall.
scenario-decision = Penderfyniad { $n }: beth ydych chi’n ei wneud?
scenario-act = Gwneud hyn
scenario-none = Dewiswch beth i’w wneud, yna pwyswch “Gwneud hyn”.
scenario-back = Mynd yn ôl un cam
scenario-again = Dechrau eto
scenario-went-back = Aethoch yn ôl i benderfyniad { $n }.
scenario-restarted = Mae’r stori’n dechrau eto.
scenario-long = Rydych wedi mynd y ffordd hir. Ewch yn ôl, neu dechreuwch eto.
scenario-you = Chi
scenario-narrator = Beth sy’n digwydd
scenario-why = Gwerth ei wybod
scenario-ending = Sut mae’n gorffen: { $title }
scenario-person = I’r person
scenario-family = I’r teulu
scenario-worker = I’r gweithiwr
scenario-next = Beth fyddai’n helpu nesaf
scenario-criterion = Maen prawf
# The path as a story, for whoever marks it.
scenario-step = { $says }: “{ $text }” → Penderfyniad: { $choice } → { $reply }
scenario-end = Diwedd: { $title }.
scenario-stopped = Ni orffennwyd y stori. Stopiodd lle mae { $says } yn dweud: “{ $text }”
scenario-unsafe = anniogel
scenario-score = Mae’r stori wedi gorffen. { $of ->
    [one] Byddai penderfyniad arall yn helpu mwy.
    [two] Roedd { $done } o 2 benderfyniad yn rhai da.
   *[other] Roedd { $done } o { $of } penderfyniad yn rhai da.
} I roi cynnig ar ffordd arall, ewch yn ôl neu dechreuwch eto.
scenario-missing = Nid yw’r stori wedi gorffen eto.
