declaration-agreed = Ydw, rwy’n cytuno.
