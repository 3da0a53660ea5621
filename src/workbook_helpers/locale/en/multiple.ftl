multiple-rule = Each right choice adds to the points, each wrong choice takes the same away. Never below zero.
multiple-hint = Choose all that apply.
