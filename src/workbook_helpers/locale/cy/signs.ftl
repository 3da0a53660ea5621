signs-look = Edrychwch ar: { $pieces }.
signs-warn = Mae’n edrych fel petai hwn yn cynnwys { $signs }. Tynnwch ef allan, neu dywedwch ef heb ddatgelu pwy yw’r person. Mae eich geiriau’n aros fel y maent.
signs-name = enw person
signs-phone = rhif ffôn
signs-nhs-number = rhif GIG
signs-postcode = cod post
signs-email = cyfeiriad e-bost
signs-address = cyfeiriad stryd
