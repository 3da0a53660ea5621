# What went wrong, and what to do.
error-learner = The learner ID is one line of at most 128 letters, digits or signs. Please look at what your tutor gave you.
error-declaration = Please tick the declaration first. It says that this is your own work.
