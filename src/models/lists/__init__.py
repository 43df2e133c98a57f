"""Work lists beside tiers: whom to act on for one purpose, with what that is expected to bring."""
