signs-look = Edrychwch ar: { $pieces }.
signs-warn = Mae’n edrych fel petai hwn yn cynnwys { $signs }. Tynnwch ef allan, neu dywedwch ef heb ddatgelu pwy yw’r person. Caiff eich geiriau eu cadw beth bynnag.
signs-name = enw person
signs-phone = rhif ffôn
signs-nhs-number = rhif GIG
signs-postcode = cod post
signs-email = cyfeiriad e-bost
signs-address = cyfeiriad stryd
