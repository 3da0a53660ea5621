reflection-what = Beth ddigwyddodd?
reflection-so-what = Felly beth? Beth oedd ei ystyr i’r bobl yno, ac i chi?
reflection-now-what = Beth nawr? Beth wnewch chi yr un ffordd, neu’n wahanol, y tro nesaf?
reflection-share = Dangos hwn i’m tiwtor pan fyddaf yn cyflwyno
reflection-private = Nid yw eich tiwtor yn gweld hwn. Mae’n aros ar y ddyfais hon.
reflection-shared = Bydd eich tiwtor yn gweld hwn pan gyflwynwch. Tynnwch y tic i’w gadw i chi’ch hun.
reflection-label = I feddwl yn ôl · heb ei farcio
