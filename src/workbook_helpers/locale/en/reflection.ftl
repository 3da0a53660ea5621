reflection-what = What happened?
reflection-so-what = So what? What did it mean for the people there, and for you?
reflection-now-what = Now what? What will you do the same way, or another way, next time?
reflection-share = Show this to my tutor when I hand in
reflection-private = Your tutor does not see this. It stays on this device.
reflection-shared = Your tutor will see this when you hand in. Take the tick away to keep it to yourself.
reflection-label = To think back · not marked
