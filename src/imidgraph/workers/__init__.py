"""Workers: processes that answer free SPARQL within limits."""
