"""How functions of this package are compiled: as those of the tables below; what they compute is said elsewhere."""

from models.tables.compiling import compiled

__all__ = ["compiled"]
