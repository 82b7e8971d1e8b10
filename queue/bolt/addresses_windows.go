package bolt

// AddressLimit is how many bytes of addresses this process may have, if that has a limit.
func AddressLimit() (bytes uint64, limited bool) { return 0, false }
