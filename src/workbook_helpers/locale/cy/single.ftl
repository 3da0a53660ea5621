single-rule = Un ateb gorau: yr holl bwyntiau amdano, dim am un arall.
