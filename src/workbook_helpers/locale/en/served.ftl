# A page behind which a service keeps a class's answers. These three stand in the header, as in saved.ftl.
saved-device = Saved on this device. It will be sent when the connection is back.
saved-later = Saved on this device. It cannot be sent just now, and is tried again by itself.
saved-out = Saved on this device. It will be sent when you have signed in again.
# Follows "Your answer cannot be shown yet:".
served-away = there is no connection, and nobody has worked here before
served-out = You are signed out. What you write is kept on this device. Sign in again, so that it is sent.
served-sign-in = Sign in again
served-apart = This device also keeps answers of a learner with the ID { $learner } that your college’s computer does not have. Nobody sees them before you say whether they are yours.
served-apart-mine = They are mine: show and send them
served-apart-not = They are not mine: remove them
served-feedback = Your tutor has given you feedback on this workbook.
served-offline = There is no connection. You see what is kept on this device.
served-busy = Your college’s computer cannot answer just now. You see what is kept on this device. The page tries again by itself.
served-hand-in-later = Not handed in: there is no connection just now. Your work is kept on this device. Hand in when the connection is back.
served-hand-in-busy = Not handed in: your college’s computer cannot take it just now. Your work is kept on this device. Try again in a minute. If it stays like this, tell your tutor.
served-hand-in-unknown = No answer came, so it is not known yet whether your work is handed in. It is kept on this device. Look here again when the connection is back: if there is no receipt then, hand in once more.
served-hand-in-out = Not handed in: you are signed out. Your work is kept on this device. Sign in again, then hand in.
served-hand-in-changed = Not handed in: your answers were changed on another device just now. Please look at them, then hand in.
served-hand-in-choose = Not handed in: an answer has another version, or cannot be kept as it is. Please look at it, then hand in.
served-where = You work here as { $learner }. { $unsent ->
    [0] Your college’s computer has all your answers: you can carry on at any other device.
    [one] 1 answer is on this device only.
   *[other] { $unsent } answers are on this device only.
} { $how ->
    [none] {""}
    [out] Sign in again, so that your work is sent.
    [wait] Look at each question that says that it is not saved, or asks you to choose.
   *[sent] Your work is sent by itself when there is a connection.
} { $handed ->
    [none] You have not handed in yet.
    [0] All of them are handed in.
    [one] 1 of them has changed since you handed in.
   *[other] { $handed } of them have changed since you handed in.
}
# Of a note for the student alone, as reflection-private is where the browser keeps it.
served-private = It is kept on your college’s computer with your answers, and is not shown to your tutor.
served-seen = While a class works, your tutor can see which section you are in, how much you have answered and how practice went. Your tutor does not see what you write before you hand it in, and your private notes only if you tick to show them.
served-leave = Leave
served-leave-sure = { $n ->
    [one] 1 answer is on this device only and has not been sent yet. If you leave now, it is lost.
   *[other] { $n } answers are on this device only and have not been sent yet. If you leave now, they are lost.
}
served-stay = Stay here
served-leave-all-the-same = Leave all the same
# In the receipt: what the tutor has.
served-has = With your tutor
served-has-what = Your answers as they were on { $time }. Private notes are among them only if you ticked to show them.
# A page in place of one that cannot be shown.
served-page-sign-in = Open My workbooks and sign in there. Then open this again.
served-page-none = There is no such page here
served-page-address = Use the address that your tutor shows you.
served-page-busy = Your college’s computer cannot answer just now
served-page-again = Please try again in a minute.
# Where a college's hub signs people in.
served-hub-not-in = You are not signed in
served-hub-nobody = You are signed in at the college as { $user }, and no learner of this class is called so. Tell your tutor.
served-hub-again = This took too long, or was begun in another window. Close this one, and open your workbooks again.
served-hub-failed = The college's sign-in does not answer just now. Please try again in a minute.
