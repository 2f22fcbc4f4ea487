//! Benchmarks of Doorward and its peers.
