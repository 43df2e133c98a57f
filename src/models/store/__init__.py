"""Content on disk that is whole or not there, under the key of what it was made from.

``keys`` name it, ``drafts`` are work in progress, ``entries`` are known again by the times of their files, ``sealed``
folders by hashes that travel with them; ``code`` tells which version of the code made it.
"""
