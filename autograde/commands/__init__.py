"""The commands of `autograde`: parse, call, print."""
