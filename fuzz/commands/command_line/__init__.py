"""The command line as such: groups of options, where an option may come from, how a command ends, what it prints on."""
