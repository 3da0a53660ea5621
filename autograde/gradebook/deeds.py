"""What the log calls a deed; one verb for one thing that can be done, wherever it is done."""

from enum import StrEnum


class Deed(StrEnum):
    """A deed, at most 40 letters. What an entry of it holds beside the learner stands in its comment.

    What has no transaction of its own has its entry before it is done (`noted`), and one more with "failed" where it is not.
    """

    MARK = "mark"  # by the program: workbook, hand-in, before and after by item
    GIVE = "give points"  # by a person: workbook, task, before and after
    LOOK_AGAIN = "second look"  # by the program, after points were given: workbook, task, hints
    JUDGE_HINT = "judge hint"  # workbook, task, the hint, what was said of it before and after
    DECIDE_KEY = "decide on a key"  # void and accept: workbook, question, before and after
    REWORD = "change wording"  # workbook, the part, and SHA-256 of each file before and after; the files are kept
    RELEASE = "release"  # workbook, due
    TAKE_IN = "take in"  # workbook, the run, SHA-256 of the original, when handed in
    UNDO_TAKE_IN = "undo take-in"  # workbook, SHA-256
    REDO_TAKE_IN = "redo take-in"  # workbook, SHA-256
    GIVE_BACK = "give back"  # workbook, way, the page's digest, the giving; "begun" before it goes onto the exchange
    TAKE_BACK = "take back"  # the giving, whether it is taken back or given after all
    TELL_PLATFORM = "tell learning platform"  # workbook, points, and what came of it: "sent" or "refused"
    CLOSE = "close marking"  # workbook
    REOPEN = "open marking again"  # workbook
    SERVE = "open for learners"  # port
    UNSERVE = "close for learners"
    RESET_PIN = "reset PIN"
    NEW_CODE = "new class code"
    EXTEND = "extend"  # workbook, before and after
    ADD = "add learner"
    CHANGE = "change learner"  # which of the columns were changed
    LINK = "link to learning platform"  # whether it is taken back; who it is there stands in no log
    LEFT = "left"
    BACK = "back in the class"
    MERGE = "merge"  # when, which tells the two entries of a merge, whether this id goes or stays, answers brought over on the service
    UNMERGE = "unmerge"  # when it was merged
    EXPORT = "export"  # what
    BACK_UP = "back up"
    RESTORE = (
        "restore"  # the backup's SHA-256, the head that was replaced, where the logs part, what was wrong with it, who had been erased
    )
    MOVE = "move gradebook"  # from and to, without passwords
    ERASE = "erase learner"  # the subject whose words are gone, and the rows of the records that are gone or silent now
    NAME = "make pseudonym"  # for a report
    BEGIN_LOG = "begin log"  # in a gradebook in which people had given points before
    BEGIN_HEADS = "begin heads file"  # the file in which heads are kept was not there
