//! Instants as a person in Japan reads them.

use acd_core::Timestamp;

/// Minutes east of Greenwich of Asia/Tokyo, which has no summer time.
const JST_MINUTES: i32 = 540;

/// RFC 3339 with milliseconds in +09:00: `2026-11-21T08:50:00.123+09:00`.
pub fn time_text(time: Timestamp) -> String {
    let civil = time.civil(JST_MINUTES);
    let millis = civil.time.as_millis();
    let (hour, minute) = (millis / 3_600_000, millis / 60_000 % 60);
    let (second, milli) = (millis / 1_000 % 60, millis % 1_000);
    format!("{}T{hour:02}:{minute:02}:{second:02}.{milli:03}+09:00", civil.date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_in_japanese_time() {
        assert_eq!(time_text(Timestamp::from_millis(0)), "1970-01-01T09:00:00.000+09:00");
        assert_eq!(time_text(Timestamp::from_millis(1_795_256_412_045)), "2026-11-21T19:20:12.045+09:00");
        assert_eq!(time_text(Timestamp::from_millis(-1)), "1970-01-01T08:59:59.999+09:00");
    }
}
