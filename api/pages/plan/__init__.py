"""The carrier's planning pages (试算与选线): build a vehicle, choose places, read the answer, apply with it."""
