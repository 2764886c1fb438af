"""Times feedlog beside other programs, as whole processes. Run it with `make bench`."""
