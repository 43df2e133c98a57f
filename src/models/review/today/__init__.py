"""The first screen: what asks for somebody today, by what they may do."""
