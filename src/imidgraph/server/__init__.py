"""The endpoint: SPARQL 1.1 Protocol, the named queries over HTTP, and what describes them."""
