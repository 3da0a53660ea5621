# What went wrong, and what to do.
error-learner = Un llinell o hyd at 128 o lythrennau, digidau neu arwyddion yw’r ID dysgwr. Edrychwch ar yr hyn a roddodd eich tiwtor i chi.
error-declaration = Ticiwch y datganiad yn gyntaf, os gwelwch yn dda. Mae’n dweud mai eich gwaith chi eich hun yw hwn.
