"""Find hand-ins in files from strangers: in zips, folders, and downloads from Moodle or Canvas."""
