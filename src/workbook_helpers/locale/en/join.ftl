# The page to sign in to a class.
join-title = Sign in to your class
join-about = Your tutor shows you the class code and has given you a learner ID.
join-code = Class code
join-code-hint = 8 letters and digits. Capitals and spaces do not matter.
join-code-missing = Please type the class code. Your tutor shows it.
join-learner = Your learner ID
join-learner-hint = It is often a short code or your college login.
join-pin = PIN
join-pin-hint = 4 to 8 digits. The first time, pick one that you can remember.
join-pin-wrong = The PIN is 4 to 8 digits.
join-again = The same PIN again
join-again-hint = This shows that you typed the PIN that you wanted.
join-again-wrong = This is not the PIN that you typed above. Type the same one twice.
join-choose = { $learner } has no PIN yet. The PIN that you typed will be your PIN. Type it once more, and remember it.
join-choose-go = Keep this PIN and sign in
join-shared = Other people use this device, too
join-shared-hint = Then you are signed out when the browser is closed, and after 4 hours.
join-go = Sign in
join-wrong = The class code, the ID and the PIN do not fit together. Check each of them, then try again. If you have forgotten your PIN, ask your tutor.
join-wait = That was tried too often. Wait { $n ->
    [one] 1 minute
   *[other] { $n } minutes
}, then try again. Your tutor can let you in sooner, and if you have forgotten your PIN.
join-away = There is no connection. Check that this device is on the Wi-Fi, then try again.
join-busy = Your college’s computer cannot answer just now. Please try again in a moment.
join-back = You were signed out, { $learner }. Sign in again: what you wrote is kept on this device.
join-forgot = Have you forgotten your PIN? Ask your tutor to reset it. Then you pick a new one.
