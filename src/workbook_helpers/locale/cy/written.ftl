written-task = Gweld y dasg
written-rule = Bydd eich tiwtor yn darllen hwn ac yn rhoi’r pwyntiau.
written-count = { $words ->
    [one] 1 gair
    [two] 2 air
   *[other] { $words } gair
}. Mae tua { $advised } gair yn hyd da.
written-little = { $words ->
    [one] 1 gair
    [two] 2 air
   *[other] { $words } gair
}. Mae hynny’n fyr: mae tua { $advised } gair yn hyd da.
written-full = { $words ->
    [one] 1 gair
    [two] 2 air
   *[other] { $words } gair
}. Mae tua { $advised } gair yn hyd da. Mae’r blwch hwn yn llawn.
