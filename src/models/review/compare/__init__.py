"""The screen that holds clients, or one client at two dates, side by side."""
