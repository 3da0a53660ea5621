declaration-agreed = Yes, I agree.
