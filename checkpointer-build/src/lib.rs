//! Placeholder.
mod cfg;
mod impure;
mod std_facts;
mod symbol;
mod ty;
mod normalize;
