# A voice reads the section.
aloud-listen = Listen
aloud-listen-to = Listen: { $what }
aloud-pause = Pause
aloud-play = Play
aloud-back = Previous
aloud-stop = Stop
aloud-silent = No voice can be heard. This device may have no voice for this language, or it is busy. Try again.
