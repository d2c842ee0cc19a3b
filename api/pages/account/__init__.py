"""Pages of one's own account (本账户的页面): registration, account, notifications; for all roles."""
