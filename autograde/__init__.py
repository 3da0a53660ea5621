"""The tutor's side: release, take in, mark, give feedback. Never on a student's machine."""
