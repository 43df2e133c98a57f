"""The letter to a client: why it has its grade, what may help, and how to object and reach a person."""
