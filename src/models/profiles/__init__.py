"""Profiles of clients: lifecycle stage, relationship type, need type, region and value class."""
