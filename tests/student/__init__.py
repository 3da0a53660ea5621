"""Tests of what runs on a student's machine; a package, because the tutor has a test_cli.py, too."""
