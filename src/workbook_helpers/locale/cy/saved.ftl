# Un llinell ar gyfer yr holl atebion, yn y pennawd.
saved-all = ✓ Popeth wedi’i gadw
saved-now = Yn cadw…
saved-not = Heb ei gadw eto
saved-waits = Mae ateb yn aros amdanoch
saved-nothing = Does dim yn cael ei gadw yma
