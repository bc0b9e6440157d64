"""What people and clocks can do: one transaction each."""
