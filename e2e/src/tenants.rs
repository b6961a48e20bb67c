//! The tenants and seats of the built-in plan that the tests use.

/// A client as a caller sees it.
#[derive(Clone, Copy, Debug)]
pub struct Tenant {
    /// Its name in the plan and in the facts.
    pub name: &'static str,
    /// Its telephone number.
    pub number: &'static str,
    /// All its lines at any hour.
    pub lines: usize,
}

/// #7119 of Shiga: 2 advice lines and 2 for guidance and waiting, day and night.
pub const SHIGA: Tenant = Tenant { name: "shiga", number: "0770007119", lines: 4 };

/// The recorded guidance that a caller of [`SHIGA`] hears.
pub const SHIGA_GUIDANCE: &str = "deploy/audio/ja_shiga_guidance.wav";

/// A seat that logs in by registering and serves [`SHIGA`].
pub const SEAT: SeatAccount = SeatAccount { name: "seat111", password: "demo-111" };

/// Another such seat.
pub const OTHER_SEAT: SeatAccount = SeatAccount { name: "seat112", password: "demo-112" };

/// A seat's name and password.
#[derive(Clone, Copy, Debug)]
pub struct SeatAccount {
    /// The user part of its address.
    pub name: &'static str,
    /// Its password.
    pub password: &'static str,
}
