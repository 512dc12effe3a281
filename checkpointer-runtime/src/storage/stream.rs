//! Writing a large value straight into its file: serialized, hashed and written in pieces, so that there is no second copy of
//! it in memory.

use std::fmt;
use std::fs::File;
use std::io::{self, BufWriter, Write};

use xxhash_rust::xxh3::Xxh3;

use super::Result;
use crate::codec::MSGPACK;
use crate::entry::{self, Header};
use crate::error::CheckpointError;
use crate::key::Key;

/// Longer values are streamed, where a store can.
pub(crate) const LARGE: usize = 1 << 20;

/// What is written at a time, where the value comes in smaller parts; an array is written at once. The system keeps a file in
/// pieces of the size that it was written in, and reads and maps large ones in half the time.
const PIECE: usize = 2 << 20;

/// Writes a value as MessagePack.
type WriteValue<'v> = dyn Fn(&mut dyn Write) -> Result<()> + 'v;

/// A value that can write itself as MessagePack, again and again.
pub struct Stream<'v> {
    header: Header,
    before_numbers: usize,
    length: u64,
    write: Box<WriteValue<'v>>,
}

impl fmt::Debug for Stream<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream")
            .field("header", &self.header)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

impl<'v> Stream<'v> {
    /// A value with its header; see [`entry::encode_named`] for `before_numbers`. It is written once here, to nowhere, because
    /// its length stands before it in a frame.
    pub(crate) fn new(
        header: Header,
        before_numbers: usize,
        write: impl Fn(&mut dyn Write) -> Result<()> + 'v,
    ) -> Result<Self> {
        let mut counter = Counter(0);
        write(&mut counter)?;
        Ok(Self {
            header,
            before_numbers,
            length: counter.0,
            write: Box::new(write),
        })
    }

    /// The whole frame in memory.
    pub(crate) fn to_frame(&self, key: &Key) -> Result<Vec<u8>> {
        entry::encode_named(key, &self.header, self.before_numbers, |frame| {
            (self.write)(frame).map(|()| MSGPACK)
        })
    }

    /// Writes the frame into a file.
    ///
    /// # Errors
    /// The outer one is the file's. The inner one is the value's, if its `Serialize` fails or gives not as many bytes as the
    /// first time.
    pub(crate) fn write_frame(&self, key: &Key, file: &File) -> io::Result<Result<()>> {
        let mut head = match entry::head(key, &self.header, self.before_numbers) {
            Ok(head) => head,
            Err(error) => return Ok(Err(error)),
        };
        entry::complete(&mut head, MSGPACK, self.length);
        let mut writer = BufWriter::with_capacity(PIECE, Hashing::new(file));
        writer.write_all(&head)?;
        let written = (self.write)(&mut writer);
        let flushed = writer.flush();
        let (mut hashing, _) = writer.into_parts();
        if let Some(fault) = hashing.fault.take() {
            return Err(fault);
        }
        flushed?;
        if let Err(error) = written {
            return Ok(Err(error));
        }
        if hashing.written != head.len() as u64 + self.length {
            let source = "its Serialize does not give the same each time".into();
            return Ok(Err(CheckpointError::Encode { source }));
        }
        let checksum = hashing.checksum.digest128();
        let mut file = file;
        file.write_all(&checksum.to_le_bytes()).map(Ok)
    }
}

/// Bytes that are counted and forgotten.
pub(crate) struct Counter(pub(crate) u64);

impl Write for Counter {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A file, and the checksum of what was written to it.
struct Hashing<'f> {
    file: &'f File,
    checksum: Xxh3,
    written: u64,
    /// What the file said no with: a serializer would hide it in an error of its own.
    fault: Option<io::Error>,
}

impl<'f> Hashing<'f> {
    fn new(file: &'f File) -> Self {
        Self {
            file,
            checksum: Xxh3::new(),
            written: 0,
            fault: None,
        }
    }
}

impl Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.checksum.update(bytes);
        self.file.write_all(bytes).map_err(|error| {
            let kind = error.kind();
            self.fault = Some(error);
            io::Error::from(kind)
        })?;
        self.written += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
