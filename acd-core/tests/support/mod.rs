//! What the tests of this crate share: a language for plans and inputs that a line manager can read, and the text of
//! facts and orders.

pub(crate) mod inputs;
pub(crate) mod plans;
pub(crate) mod text;
pub(crate) mod turn;
