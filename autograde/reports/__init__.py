"""What leaves the class for others to read: the criterion tracker, a learner's record, reports on quality and on a class, an export."""
