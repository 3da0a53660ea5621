# A voice reads the section.
aloud-listen = Gwrando
aloud-listen-to = Gwrando: { $what }
aloud-pause = Oedi
aloud-play = Chwarae
aloud-back = Blaenorol
aloud-stop = Stopio
aloud-silent = Nid oes llais i’w glywed. Efallai nad oes gan y ddyfais hon lais ar gyfer yr iaith hon, neu ei bod yn brysur. Rhowch gynnig arall arni.
