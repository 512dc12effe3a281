//! Tests that build whole packages with the real cargo, edit their sources, and look at what is computed again. All of them share one
//! target folder, so the dependencies are compiled once.

mod bad_input;
mod command;
mod elsewhere;
mod example;
mod generated;
mod project;
mod readme;
mod type_arguments;
