"""SPARQL: the text of queries, their results, and the catalog of named ones."""
