//! Log events on standard error, as text for a person or as JSON for a collector.

use std::io;
use std::str::FromStr;

use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// The variable that wins over the plan's level, for a look at one module while the plan stays: `ACD_LOG=info,acd_server::journal=debug`.
pub const FILTER_VARIABLE: &str = "ACD_LOG";

/// How a log event is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum LogFormat {
    /// One line for a person.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Why there can be no log.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The format is none of ours.
    #[error("unknown log format '{0}': use \"text\" or \"json\"")]
    UnknownFormat(String),
    /// The filter cannot be read.
    #[error("log level '{filter}' cannot be read ({reason}): use error, warn, info, debug or trace")]
    BadFilter {
        /// The filter as it was given.
        filter: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A log has been set up before.
    #[error("logging was set up twice in one process")]
    AlreadySet,
}

impl FromStr for LogFormat {
    type Err = LogError;

    fn from_str(text: &str) -> Result<Self, LogError> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(LogError::UnknownFormat(text.to_owned())),
        }
    }
}

/// Sends log events to standard error. `filter` is the plan's level (`info`); [`FILTER_VARIABLE`] wins over it.
///
/// # Errors
/// If the filter cannot be read, or a log was set up before.
pub fn init(format: LogFormat, filter: &str) -> Result<(), LogError> {
    let from_environment = std::env::var(FILTER_VARIABLE).ok();
    let filter = from_environment.as_deref().unwrap_or(filter);
    tracing::subscriber::set_global_default(subscriber(format, filter, io::stderr)?)
        .map_err(|_| LogError::AlreadySet)
}

/// What [`init`] sets up, with another writer: for tests that read the log.
///
/// # Errors
/// If the filter cannot be read.
pub fn subscriber<W>(
    format: LogFormat,
    filter: &str,
    writer: W,
) -> Result<Box<dyn Subscriber + Send + Sync>, LogError>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let env_filter = EnvFilter::builder()
        .parse(filter)
        .map_err(|error| LogError::BadFilter { filter: filter.to_owned(), reason: error.to_string() })?;
    let builder = tracing_subscriber::fmt().with_env_filter(env_filter).with_writer(writer).with_ansi(false);
    Ok(match format {
        LogFormat::Text => Box::new(builder.finish()),
        LogFormat::Json => Box::new(builder.json().flatten_event(true).finish()),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use acd_core::Pii;

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().map_err(|_| io::ErrorKind::Other)?.extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(format: LogFormat, filter: &str) -> String {
        let kept = Kept::default();
        let writer = kept.clone();
        let subscriber = subscriber(format, filter, move || writer.clone()).expect("a filter");
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(caller = %Pii::new("09000000001"), call = 17, "call admitted");
            tracing::debug!("only at debug");
        });
        let bytes = kept.0.lock().expect("no thread panicked").clone();
        String::from_utf8(bytes).expect("UTF-8")
    }

    #[test]
    fn text_has_the_fields_and_masks_the_number() {
        let text = logged(LogFormat::Text, "info");
        assert!(text.contains("call admitted") && text.contains("call=17"), "{text}");
        assert!(text.contains("caller=***") && !text.contains("0900"), "{text}");
        assert!(!text.contains("only at debug"));
    }

    #[test]
    fn json_is_one_object_a_line_with_the_fields_in_it() {
        let text = logged(LogFormat::Json, "debug");
        let events: Vec<serde_json::Value> =
            text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        assert_eq!(events.len(), 2);
        assert_eq!(events[0]["call"], 17);
        assert_eq!(events[0]["caller"], "***");
        assert_eq!(events[0]["level"], "INFO");
    }

    #[test]
    fn a_bad_filter_or_format_says_what_would_be_right() {
        let error =
            subscriber(LogFormat::Text, "info,acd=loud", io::sink).err().expect("an error").to_string();
        assert!(error.contains("acd=loud") && error.contains("use error, warn, info"), "{error}");
        let error = "xml".parse::<LogFormat>().expect_err("no format").to_string();
        assert!(error.contains("\"text\" or \"json\""), "{error}");
    }
}
