"""The frame of every screen: page, language, rights, navigation."""
