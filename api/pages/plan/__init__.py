"""The carrier's planning pages (路线规划): build a vehicle, choose places, read the answer, apply with it."""
