//! A gRPC client that shares no code with the switch: curl's HTTP/2, and protobuf's encoding by hand, as its specification
//! has it.

use std::net::SocketAddr;
use std::process::Command;

use crate::child::run_to_end;
use crate::limits::COMMAND_TIME_MAX;
use crate::scratch::Scratch;

/// A varint field of a message (`uint64`).
pub fn number(field: u8, value: u64) -> Vec<u8> {
    let mut bytes = vec![field << 3];
    bytes.extend(varint(value));
    bytes
}

/// A length-delimited field of a message (`string`).
pub fn text(field: u8, value: &str) -> Vec<u8> {
    message(field, value.as_bytes())
}

/// A field of a message that is a message itself.
pub fn message(field: u8, encoded: &[u8]) -> Vec<u8> {
    let mut bytes = vec![field << 3 | 2];
    bytes.extend(varint(encoded.len() as u64));
    bytes.extend(encoded);
    bytes
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

/// A unary call; the response's message.
///
/// # Panics
/// If it fails, with curl's words.
pub(crate) fn call(address: SocketAddr, path: &str, message: &[u8]) -> Vec<u8> {
    let scratch = Scratch::new("grpc");
    let (request, response) = (scratch.join("request"), scratch.join("response"));
    // A message is preceded by a byte that says "not compressed" and its length.
    let mut framed = vec![0];
    framed.extend(u32::try_from(message.len()).expect("a short message").to_be_bytes());
    framed.extend(message);
    std::fs::write(&request, framed).expect("the request is written");
    let mut command = Command::new("curl");
    command.args(["--silent", "--show-error", "--http2-prior-knowledge", "--dump-header", "-"]);
    command.args(["-H", "content-type: application/grpc", "-H", "te: trailers"]);
    command.arg("--data-binary").arg(format!("@{}", request.display())).arg("--output").arg(&response);
    command.arg(format!("http://{address}{path}"));
    let output = run_to_end(&mut command, COMMAND_TIME_MAX);
    let head = String::from_utf8_lossy(&output.stdout).into_owned();
    let fine = head.lines().any(|line| line.trim() == "grpc-status: 0");
    assert!(output.status.success() && fine, "{path}: {head}{}", String::from_utf8_lossy(&output.stderr));
    let bytes = std::fs::read(&response).expect("a response");
    bytes.get(5..).expect("a framed message").to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_encoded_as_the_specification_s_examples() {
        // "Test1 with a = 150", "Test3 with c = that" and "Test2 with b = testing" of the encoding's documentation.
        assert_eq!(number(1, 150), [0x08, 0x96, 0x01]);
        assert_eq!(message(3, &number(1, 150)), [0x1a, 0x03, 0x08, 0x96, 0x01]);
        assert_eq!(text(2, "testing"), [0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67]);
    }
}
