"""The grading policy replayed at past dates, with the models of that day, against what then happened."""
