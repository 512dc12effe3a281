//! Holds the benches of this package together.
