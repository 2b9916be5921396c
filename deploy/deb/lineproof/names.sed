s/@NAME@/lineproof/g
s/@GROUPS@//g
s/@DATA@/the ledger and everything made from it/g
