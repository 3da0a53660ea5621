short-rule = Yr holl bwyntiau am ateb cywir, dim am un arall. Nid yw priflythrennau nac atalnodi yn cyfrif.
short-slips = Mae ychydig eiriau’n ddigon. Nid oes ots am wallau sillafu bach.
