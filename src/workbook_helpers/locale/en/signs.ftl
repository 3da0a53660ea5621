signs-look = Look at: { $pieces }.
signs-warn = This looks as if it holds { $signs }. Please take it out, or say it without telling who it is. Your words stay as they are.
signs-name = a person’s name
signs-phone = a telephone number
signs-nhs-number = an NHS number
signs-postcode = a postcode
signs-email = an email address
signs-address = a street address
