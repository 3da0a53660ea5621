single-rule = One best answer: all the points for it, none for another.
