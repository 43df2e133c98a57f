"""The audit behind ``clientvalue check``: what a book holds, what is wrong in it, and which criteria it offers."""
