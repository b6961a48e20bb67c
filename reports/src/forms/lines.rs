//! Comma-separated text: UTF-8 with a byte order mark, by which Excel knows it, lines ended by CR LF, quotes where RFC 4180
//! wants them.

pub(super) struct Lines(String);

impl Default for Lines {
    fn default() -> Self {
        Self(String::from('\u{feff}'))
    }
}

impl Lines {
    pub(super) fn into_text(self) -> String {
        self.0
    }

    pub(super) fn line(&mut self, cells: impl IntoIterator<Item = impl AsRef<str>>) {
        for (index, cell) in cells.into_iter().enumerate() {
            if index > 0 {
                self.0.push(',');
            }
            let cell = cell.as_ref();
            if cell.contains([',', '"', '\r', '\n']) {
                self.0.push('"');
                self.0.push_str(&cell.replace('"', "\"\""));
                self.0.push('"');
            } else {
                self.0.push_str(cell);
            }
        }
        self.gap();
    }

    pub(super) fn gap(&mut self) {
        self.0.push_str("\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let mut lines = Lines::default();
        lines.line(["a", "b,c", "d\"e", "f\ng", ""]);
        assert_eq!(lines.into_text(), "\u{feff}a,\"b,c\",\"d\"\"e\",\"f\ng\",\r\n");
    }
}
