scenario-rule = Each decision earns its own points. The best way through the story earns all the points. A decision that could do harm leaves 1 point at most.
scenario-log = The story so far
scenario-warning = In this story you cannot go back. Think first: each choice counts when you press “Do this”. You can stop and go on later.
scenario-free = Not marked. You can go back and try another way.
scenario-decision = Decision { $n }: what do you do?
scenario-act = Do this
scenario-none = Choose what to do, then press “Do this”.
scenario-back = Go back one step
scenario-again = Start again
scenario-went-back = You went back to decision { $n }.
scenario-restarted = The story starts again.
scenario-long = You have gone a long way round. Go back, or start again.
scenario-you = You
scenario-narrator = What happens
scenario-why = Worth knowing
scenario-ending = How it ends: { $title }
scenario-person = For the person
scenario-family = For the family
scenario-worker = For the worker
scenario-next = What would help next
scenario-criterion = Criterion
# The path as a story, for whoever marks it.
scenario-step = { $says }: “{ $text }” → Decision: { $choice } → { $reply }
scenario-end = Ending: { $title }.
scenario-stopped = The story was not finished. It stopped where { $says } says: “{ $text }”
# In a key, for the tutor, in the place of the points.
scenario-unsafe = unsafe
scenario-score = The story has ended. { $of ->
    [one] Another decision would help more.
   *[other] { $done } of { $of } decisions were good ones.
} To try another way, go back or start again.
scenario-missing = The story has not ended yet.
