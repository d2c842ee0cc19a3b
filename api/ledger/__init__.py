"""The ledger of everything that happened (全程留痕)."""
