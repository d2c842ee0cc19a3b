"""The core at full speed (高速内核): a customizable contraction hierarchy of the network, see README.md here."""
