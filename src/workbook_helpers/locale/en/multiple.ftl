multiple-hint = Choose all that apply.
