"""What the documentation says about bodies and answers."""
