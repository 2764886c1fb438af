"""Times feedlog beside other programs, as whole processes (`make bench`), and judges its answers (`make quality`)."""
