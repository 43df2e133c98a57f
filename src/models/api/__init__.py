"""The verbs as functions, for notebooks and programs: a book of frames, results with frames and figures."""
