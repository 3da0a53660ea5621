"""What is recorded of a learner's way through a unit: evidence, decisions, referrals, adjustments, quality assurance, and a log of it."""
