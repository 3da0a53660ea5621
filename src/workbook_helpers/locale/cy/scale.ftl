scale-label = Pa mor sicr ydych chi · heb ei farcio
scale-of = { $n } o { $steps }
scale-open = heb ddweud
scale-before = O’r blaen, dywedoch { $then }.
scale-change = O’r blaen, dywedoch { $then }. Nawr rydych yn dweud { $now }.
scale-then-now = cynt { $then }, nawr { $now } o { $steps }
scale-missing = Nid oes gan { $n } o { $of } datganiad rif eto.
