"""The demonstration (演示): seeded bodies, people and cases in the synthetic province. Everything here is made up."""
