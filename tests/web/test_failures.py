"""What a running server says when the published file is missing, damaged, of another form, or being replaced."""
