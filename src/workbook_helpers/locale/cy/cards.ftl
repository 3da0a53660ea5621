# Cards that are answered one at a time.
cards-back = Cerdyn blaenorol
cards-next = Cerdyn nesaf
cards-on = Ymlaen
cards-all = Gweld pob un ar unwaith
cards-one = Gweld un ar y tro
cards-choose = Dewis
cards-change = Newid
cards-close = Wedi gorffen
