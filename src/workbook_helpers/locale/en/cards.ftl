# Cards that are answered one at a time.
cards-back = Previous card
cards-next = Next card
cards-on = Go on
cards-all = See all at once
cards-one = See one at a time
cards-choose = Choose
cards-change = Change
cards-close = Done
