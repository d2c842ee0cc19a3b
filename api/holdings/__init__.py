"""An office's own road data (本辖区数据): inventories, road tables and closures, and the network made of them."""
