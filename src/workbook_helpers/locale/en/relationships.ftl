relationships-rule = For each person, half for the right kind of relationship and half for what may be shared. Nothing is taken away.
relationships-kind = Kind of relationship
relationships-share = What may be shared
relationships-open = not chosen yet
relationships-title = Map of the people around { $who }
relationships-key = Lines in the map
relationships-table = The map as a table
relationships-caption = The people around { $who }
relationships-person = Person
# A narrow table has no room for longer heads.
relationships-kind-short = Kind
relationships-share-short = May be shared
relationships-said = { $kind }; may be shared: { $share }
relationships-both = Choose both for this person: the kind, and what may be shared.
relationships-kind-right = The kind is right; what may be shared is not.
relationships-share-right = What may be shared is right; the kind is not.
relationships-place = Person { $n } of { $of }
relationships-count = { $n } of { $of } people have a place on the map.
relationships-missing = { $n ->
    [one] 1 of { $of } people has no place on the map yet.
   *[other] { $n } of { $of } people have no place on the map yet.
}
