"""Own code of a bank beside clientvalue: found by its entry points, loaded where a config names it."""
