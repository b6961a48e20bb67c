//! A switch as a text, and back: what a segment in the midst of a life begins with.

use acd_core::Switch;

/// The state as JSON; only the core's own version reads it. It has no other order than the state's, so that equal
/// states are equal texts.
///
/// # Errors
/// If the switch has said something that nobody took, which no batch has.
pub(super) fn write(switch: &Switch) -> serde_json::Result<String> {
    serde_json::to_string(switch)
}

/// The switch that was written.
///
/// # Errors
/// If it was written otherwise, or contradicts itself.
pub(super) fn read(json: &str) -> serde_json::Result<Switch> {
    serde_json::from_str(json)
}
