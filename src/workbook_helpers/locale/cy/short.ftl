short-rule = Yr holl bwyntiau am ateb cywir, dim am un arall. Nid yw priflythrennau nac atalnodi yn cyfrif.
short-slips = Teipiwch y gair neu’r geiriau, nid brawddeg gyfan. Nid oes ots am wallau sillafu bach.
