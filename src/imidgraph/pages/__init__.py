"""Pages: how an answer is laid out."""
