handover-rule = Each fact in the right place earns the same share of the points. Sharing a fact that must not be shared also takes one such share away. Never below zero.
handover-none = No place yet
handover-place = Fact { $n } of { $of }
handover-count = { $n } of { $of } facts have a place.
handover-hear = Hear what the receiver understood
handover-heard = This is what { $who } heard.
handover-empty = Nothing was said here. The receiver asks: “{ $question }”
handover-stale = You have changed the message. Press the button to hear it again.
handover-part-situation = Situation
handover-part-background = Background
handover-part-assessment = Assessment
handover-part-recommendation = Recommendation
handover-part-leave-out = Leave out: not needed
handover-part-not-shared = Must not be shared
handover-asks-situation = What is happening now, and who is it about?
handover-asks-background = What came before that I need to know?
handover-asks-assessment = What do you see and measure now, and what do you think?
handover-asks-recommendation = What do you need from me, and how soon?
handover-no-place = No place chosen: { $fact }
handover-not-placed = This fact has no place yet.
handover-missing = { $n ->
    [one] 1 of { $of } facts has no place yet.
   *[other] { $n } of { $of } facts have no place yet.
}
