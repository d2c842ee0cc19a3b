"""Applications (申请): the one form for all decisions, how it is read, and the notations offices use."""
