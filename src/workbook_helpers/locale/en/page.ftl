# What stands around a workbook.
page-skip = Skip to the workbook
page-home = My workbooks
page-contents = Contents
page-display = Display
page-lost = Your workbook has lost its connection. What you wrote is kept in this browser.
page-lost-unkept = Your workbook has lost its connection. This browser does not keep what you wrote since then: copy it to another place before you carry on.
page-mended = The file with your answers was damaged or missing. A copy was used instead; its newest answer is from { $time }. Please check that what you wrote is there.
page-lost-answers = The file with your answers could not be used, and there was no copy of it. Please look at your answers, and tell your tutor. The file is kept.
page-stranger = Beside your answers lies another file: { $name }, from { $time }. A program that copies files may have made it. It is not used here. If answers are missing, tell your tutor.
page-seen = I have looked
page-other = { $place ->
    [device] You work here as { $learner } now. The work of { $other } is still on this device. To come back to it later, press “Not you?” in the menu and type { $other }.
   *[disk] You work here as { $learner } now. The answers of { $other } are kept. To come back to them later, type { $other } where you hand in.
}
page-other-back = Go back to { $other }
page-reload = Carry on
page-section-done = ✓ done
page-menu = Menu
page-sections = Sections
page-section = Section { $n } of { $of }
page-section-short = { $n } of { $of }
page-minutes = about { $n } min
page-back = Back
page-next = Next
page-went-on = Here is where you were.
page-to-start = Go to the start
page-handed = { $through ->
    [exchange] You handed this in on { $time }.
   *[file] You made your hand-in file on { $time }.
}
page-receipt = See the receipt
page-legend = What the colours mean
page-legend-practice = Practice: you see at once what is right. It is not marked.
page-legend-assessed = Marked: your tutor marks it.
page-legend-private = Private: for you alone, unless you choose to share it.
page-legend-record = For the record: your tutor sees it. It has no marks.
page-removed = { $n ->
    [1] An answer of yours belongs to a question that is not in this workbook any more. It is kept, but it is not handed in.
   *[other] { $n } answers of yours belong to questions that are not in this workbook any more. They are kept, but they are not handed in.
}
