"""The chain of decisions as a table of the workbench: entries are added, one after the other, and never touched.

Screens record by ``record.record`` what must be judged on what is there, and by ``record.record_draft`` what need not;
``record.entries`` reads. A new act is a line of ``decisions.entries.DecisionAct``.
"""
