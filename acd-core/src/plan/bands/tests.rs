//! Bands by the day kinds of the specifications.
