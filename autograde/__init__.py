"""The tutor's side: release, take in, mark, give feedback. Never on a student's machine.

A reader finds the room by following the data; only the rooms below one are imported in it (`pyproject.toml` holds this).

cli, commands     what a tutor types
desk              the tutor's pages in the browser
nbgrader          what nbgrader and its formgrader load, and the server that shows them
authoring, checks who writes workbooks, and what workbooks are held to
run               mark a class: the work, its workers, the rebuilt notebooks
outbox            what goes out: releases, feedback pages, marks
inbox             what came in: whose it is, when, and which counts; `files` reads what strangers made
classes           one class: its folder, settings and learners
gradebook         nbgrader's tables, backups and copies; knows no class folder
content           keys, rubrics and sample answers, and their loading
marking           items, key and answers in, marks out: no file, no database
"""
