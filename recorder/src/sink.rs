//! The file beneath hound. A write that the disk refuses does not stop the file: its place stays, is silence, and is
//! counted; the next write goes on behind it.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::rc::Rc;

/// Bytes before the samples in a file of 16 bits by hound.
pub(crate) const HEADER_BYTES: usize = 44;

/// What a file's writes came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Writes {
    /// Bytes of audio that the disk refused.
    pub(crate) lost_bytes: u64,
    /// Whether the last write of audio, or a header since, was refused.
    pub(crate) failing: bool,
}

/// Where the bytes of a file go: a disk, or in tests one that fails.
pub(crate) trait Storage {
    /// Writes at a place; how much was written.
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize>;
    /// Makes the file that long, with zeros.
    fn set_len(&self, length: u64) -> io::Result<()>;
}

impl Storage for File {
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        FileExt::write_at(self, bytes, offset)
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        Self::set_len(self, length)
    }
}

/// A file that never fails towards hound. The header is kept and written whole at each flush, so that one which was
/// refused is made good by the next.
pub(crate) struct Sink<S> {
    storage: Rc<S>,
    header: [u8; HEADER_BYTES],
    offset: u64,
    writes: Rc<Cell<Writes>>,
}

impl<S: Storage> Sink<S> {
    /// A sink, and what its writes come to.
    pub(crate) fn new(storage: Rc<S>) -> (Self, Rc<Cell<Writes>>) {
        let writes = Rc::new(Cell::new(Writes::default()));
        (Self { storage, header: [0; HEADER_BYTES], offset: 0, writes: Rc::clone(&writes) }, writes)
    }

    /// Bytes that the disk refused of those to be written at a place.
    fn write_or_lose(&self, bytes: &[u8], offset: u64) -> usize {
        let mut done = 0;
        while done < bytes.len() {
            match self.storage.write_at(&bytes[done..], offset + done as u64) {
                Ok(0) => break,
                Ok(written) => done += written,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    if !self.writes.get().failing {
                        tracing::error!(%error, "the disk refuses a recording's audio: make room; its place stays silent");
                    }
                    break;
                }
            }
        }
        bytes.len() - done
    }
}

impl<S: Storage> Write for Sink<S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let in_header = usize::try_from(self.offset).ok().and_then(|start| self.header.get_mut(start..));
        let taken = match in_header.filter(|rest| !rest.is_empty()) {
            Some(rest) => {
                let taken = rest.len().min(bytes.len());
                rest[..taken].copy_from_slice(&bytes[..taken]);
                taken
            }
            None => {
                let lost = self.write_or_lose(bytes, self.offset) as u64;
                let writes = self.writes.get();
                self.writes.set(Writes { lost_bytes: writes.lost_bytes + lost, failing: lost > 0 });
                bytes.len()
            }
        };
        self.offset += taken as u64;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        // A full disk takes the header, which has its place; only audio shows that there is room again.
        if self.write_or_lose(&self.header, 0) > 0 {
            self.writes.set(Writes { failing: true, ..self.writes.get() });
        }
        Ok(())
    }
}

impl<S: Storage> Seek for Sink<S> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.offset = match to {
            SeekFrom::Start(offset) => offset,
            SeekFrom::Current(step) => self.offset.saturating_add_signed(step),
            SeekFrom::End(_) => return Err(io::ErrorKind::Unsupported.into()),
        };
        Ok(self.offset)
    }
}
