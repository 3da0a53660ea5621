"""What `autograde doctor` looks at: each check says what it saw, and for each thing that is not right one line with what to do."""
