# Questions about earlier workbooks.
earlier-why = Chosen because of what you answered before.
earlier-more = More from earlier workbooks
