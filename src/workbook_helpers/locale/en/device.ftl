# A page that the browser alone keeps: who works here, where the work is, a copy of it.
device-who = You: { $learner }
device-not-me = Not you?
device-new-here = Nothing is kept on this device under { $learner } yet, so this workbook is empty. If you have worked here before, look at your ID.
device-again = Type my ID again
device-right = My ID is right
device-title = Where your work is
device-where = Your answers are on this device, in this browser, under { $learner }. { $handed ->
    [none] Nobody else has them yet.
    [0] All of them are in your hand-in file.
    [one] 1 of them has changed since you handed in.
   *[other] { $handed } of them have changed since you handed in.
} { $copied ->
    [none] You have saved no copy yet.
   *[other] Your last copy is from { $copied } ({ $n ->
        [0] nothing has changed since
        [one] 1 change since
       *[other] { $n } changes since
    }).
}
device-not-all = Not everything on this page is kept on this device. Save a copy now: what is on the page is in it, too.
device-save-copy = Save a copy
device-open-copy = Open my copy
device-copy-private = A copy is one file with all your answers, your private notes as well. With it you can carry on at another device, or when this browser has lost them, as a private window does when it is closed.
device-finish = Remove my work in all workbooks from this device
device-sure = This removes all your answers to every workbook from this device. It cannot be undone. Save a copy first, if you want to carry on elsewhere.
device-remove = Remove all of it
device-leave = Leave it here
device-not-now = Not now
device-copied = Your copy is made: { $file }. Look for it where this device keeps what you download, and keep it safe.
device-brought = { $taken ->
    [0] Nothing new was in the copy.
    [one] 1 answer was taken from the copy.
   *[other] { $taken } answers were taken from the copy.
} { $differ ->
    [0] {""}
    [one] 1 question has another answer here: please choose there which one to keep.
   *[other] { $differ } questions have another answer here: please choose there which one to keep.
}
device-no-copy = This file is no copy of a workbook. Choose the file that “Save a copy” gave you; its name ends in .copy.json.
device-other-workbook = This copy belongs to another workbook. Open that workbook, then open the copy there.
device-other-class = This copy belongs to a workbook of another class. Open it in the workbook that you got it from.
device-copy-of = This copy is of { $learner }, and you work here as { $me }. If you are { $learner }, press “Not you?” in the menu and type { $learner }; then open the copy again.
device-not-you = This work is kept under { $learner }, and you typed { $typed }.
# These two follow "Not saved yet:".
device-full = this browser has no room left
device-forbidden = this browser keeps nothing just now, perhaps because the device is full or the window is private
device-keeps-nothing = This browser keeps nothing, perhaps because the device is full, the window is private or its storage is switched off. What you write is on this page only: save a copy before you close it, and open the copy next time.
device-ill = Your newest answers could not be saved: { $why }. They are on this page only. Save a copy before you close it.
device-forgot = This browser had thrown your answers away. What this page still had was put back. Please check that all of it is there, and save a copy.
device-copy-due = { $n ->
    [one] 1 answer is on this device only. Save a copy, so that nothing is lost with the device.
   *[other] { $n } answers are on this device only. Save a copy, so that nothing is lost with the device.
}
