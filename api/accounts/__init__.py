"""Who may use the service, and for what (账号与权限)."""
