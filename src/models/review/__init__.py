"""The reviewers' workbench: web pages on which published runs are found, understood, decided on and signed.

It shows and records; rules, figures and reports come from the packages below.
"""
