short-slips = Mae ychydig eiriau’n ddigon. Nid oes ots am wallau sillafu bach.
