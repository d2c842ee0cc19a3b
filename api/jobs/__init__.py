"""Jobs (后台任务): queued in the transaction that needs them, done by workers."""
