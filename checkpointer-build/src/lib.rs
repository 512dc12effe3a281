//! Placeholder.
mod cfg;
mod impure;
