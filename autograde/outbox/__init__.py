"""What goes out: releases, feedback, marks."""
