"""Every workflow of the cookbook: its golden definition, and its run on the simulator."""
