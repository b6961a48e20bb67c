//! The journal's facts as `acd journal export` prints them, one JSON object a line.

use serde_json::Value;

/// One fact.
#[derive(Clone, Debug)]
pub struct Fact(Value);

impl Fact {
    /// Reads one line.
    ///
    /// # Panics
    /// If it is no JSON object with a `fact` and a `seq`.
    pub fn parse(line: &str) -> Self {
        let value: Value =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("a fact is no JSON: {error}: {line}"));
        assert!(
            value["fact"].is_string() && value["seq"].is_u64(),
            "a fact without kind or sequence: {line}"
        );
        Self(value)
    }

    /// Its kind, such as `call_admitted`.
    pub fn kind(&self) -> &str {
        self.text("fact")
    }

    /// Its record's place in the journal.
    pub fn sequence(&self) -> u64 {
        self.number("seq")
    }

    /// Which call it names, if it does.
    pub fn call(&self) -> Option<u64> {
        self.0["call"].as_u64()
    }

    /// A field that is text.
    ///
    /// # Panics
    /// If there is no such field.
    pub fn text(&self, field: &str) -> &str {
        self.0[field].as_str().unwrap_or_else(|| panic!("no text `{field}` in {}", self.0))
    }

    /// A field that is a whole number.
    ///
    /// # Panics
    /// If there is no such field.
    pub fn number(&self, field: &str) -> u64 {
        self.0[field].as_u64().unwrap_or_else(|| panic!("no number `{field}` in {}", self.0))
    }

    /// When it was, in milliseconds of its civil day.
    ///
    /// # Panics
    /// If its time is not as the journal writes it.
    pub fn time_ms(&self) -> u64 {
        let time = self.text("time");
        let part = |from: usize, to: usize| -> u64 {
            let digits = time.get(from..to).and_then(|it| it.parse().ok());
            digits.unwrap_or_else(|| panic!("no time of the form 2026-11-21T08:50:00.123+09:00: {time}"))
        };
        ((part(11, 13) * 60 + part(14, 16)) * 60 + part(17, 19)) * 1_000 + part(20, 23)
    }

    /// A field whatever it is.
    pub fn field(&self, field: &str) -> &Value {
        &self.0[field]
    }
}

/// Facts in the order of the journal.
#[derive(Clone, Debug, Default)]
pub struct Facts(Vec<Fact>);

impl Facts {
    /// Reads an export.
    pub fn parse(export: &str) -> Self {
        Self(export.lines().filter(|line| !line.trim().is_empty()).map(Fact::parse).collect())
    }

    /// All of them.
    pub fn all(&self) -> &[Fact] {
        &self.0
    }

    /// Those of a kind.
    pub fn of(&self, kind: &str) -> Vec<&Fact> {
        self.0.iter().filter(|fact| fact.kind() == kind).collect()
    }

    /// How many there are of a kind.
    pub fn count(&self, kind: &str) -> usize {
        self.of(kind).len()
    }

    /// The first of a kind about a call.
    pub fn of_call(&self, kind: &str, call: u64) -> Option<&Fact> {
        self.0.iter().find(|fact| fact.kind() == kind && fact.call() == Some(call))
    }

    /// The calls that a kind of fact is about, in the order of the facts.
    pub fn calls(&self, kind: &str) -> Vec<u64> {
        self.of(kind).into_iter().filter_map(Fact::call).collect()
    }

    /// What became of a call, once it has ended.
    pub fn outcome(&self, call: u64) -> Option<&str> {
        self.of_call("call_ended", call).map(|fact| fact.text("outcome"))
    }

    /// The kinds of all facts about a call, in order: what happened to it, in words.
    pub fn story(&self, call: u64) -> Vec<&str> {
        self.0.iter().filter(|fact| fact.call() == Some(call)).map(Fact::kind).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXPORT: &str = r#"{"seq":1,"time":"2026-11-21T00:00:00.000Z","fact":"node_started"}
{"seq":2,"time":"2026-11-21T00:00:01.000Z","fact":"call_admitted","call":7,"tenant":"shiga","lines_in_use":1}

{"seq":3,"time":"2026-11-21T00:00:02.000Z","fact":"call_ended","call":7,"outcome":"abandoned_in_guidance"}
"#;

    #[test]
    fn facts_are_found_by_kind_and_call() {
        let facts = Facts::parse(EXPORT);
        assert_eq!(facts.all().len(), 3);
        assert_eq!(facts.calls("call_admitted"), [7]);
        assert_eq!(facts.outcome(7), Some("abandoned_in_guidance"));
        assert_eq!(facts.outcome(8), None);
        assert_eq!(facts.story(7), ["call_admitted", "call_ended"]);
        assert_eq!(facts.of("call_admitted")[0].number("lines_in_use"), 1);
        assert_eq!(facts.of("call_ended")[0].sequence(), 3);
    }

    #[test]
    #[should_panic(expected = "without kind or sequence")]
    fn a_line_that_is_no_fact_is_refused() {
        Facts::parse("{\"call\":7}");
    }
}
