//! The workspace from outside: through its router, on both databases.

mod asking;
mod conversations;
mod faults;
mod isolation;
mod killed;
mod labels;
mod many;
mod stopping;
mod world;
