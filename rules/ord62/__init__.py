"""超限运输车辆行驶公路管理规定 (Order 62 of the Ministry of Transport, 2016)."""
