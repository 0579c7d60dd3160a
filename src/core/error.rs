//! One error type for the whole library; its kinds are the status numbers of the C API.

use std::fmt;

/// What went wrong. The numbers are part of the ABI and are never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Kind {
    /// A required pointer is NULL.
    Null = 1,
    /// A configuration key or value.
    Config = 2,
    /// No codec of that id.
    UnknownCodec = 3,
    /// Corrupt or truncated input.
    Data = 4,
    /// The caller's memory is too small.
    Space = 5,
    /// A dtype that does not fit.
    Dtype = 6,
    /// Something this codec or build does not do.
    Unsupported = 7,
    /// The allocator refused.
    Memory = 8,
    /// A shape or byte count that does not fit.
    Shape = 9,
    /// More than `max_output` or `max_memory` allows.
    Limit = 10,
    /// A checksum differs.
    Checksum = 11,
    /// The progress callback asked to stop.
    Cancelled = 12,
    /// A callback of the caller failed.
    Callback = 13,
    /// The size is not known before decoding.
    UnknownSize = 14,
    /// A batch item that was never started.
    NotDone = 15,
    /// A bug of ours, caught at the boundary.
    Panic = 99,
}

impl Kind {
    /// The kind of that number; [`Kind::Callback`] for numbers that are none.
    pub fn from_number(number: i32) -> Self {
        use Kind::*;
        let kinds = [Null, Config, UnknownCodec, Data, Space, Dtype, Unsupported, Memory, Shape, Limit, Checksum, Cancelled, UnknownSize];
        kinds.into_iter().find(|kind| *kind as i32 == number).unwrap_or(Callback)
    }
}

/// Shorthand used everywhere.
pub type Result<T> = std::result::Result<T, Error>;

/// An error with all that the C side may want to show. Boxed, so that `Result` stays small on the good path.
#[derive(Clone, Debug)]
pub struct Error(Box<Details>);

/// The fields behind an [`Error`].
#[derive(Clone, Debug)]
pub struct Details {
    /// Cause.
    pub kind: Kind,
    /// Text for a person.
    pub message: String,
    /// Id of the codec that failed, or empty.
    pub codec: String,
    /// JSON path in a configuration or metadata, or empty.
    pub path: String,
    /// Position in a pipeline, 0 = first filter.
    pub stage: Option<u32>,
    /// Number of the inner chunk of a shard.
    pub inner: Option<u64>,
    /// Byte in the encoded input.
    pub offset: Option<u64>,
    /// Bytes asked for (`Space`, `Limit`, `Memory`).
    pub needed: Option<u64>,
}

impl Error {
    /// An error of `kind` with a message.
    #[cold]
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Error(Box::new(Details {
            kind,
            message: message.into(),
            codec: String::new(),
            path: String::new(),
            stage: None,
            inner: None,
            offset: None,
            needed: None,
        }))
    }

    /// Corrupt or truncated input.
    pub fn data(message: impl Into<String>) -> Self {
        Self::new(Kind::Data, message)
    }

    /// A configuration value at JSON path `path`.
    pub fn config(path: impl Into<String>, message: impl Into<String>) -> Self {
        let mut error = Self::new(Kind::Config, message);
        error.0.path = path.into();
        error
    }

    /// A dtype the codec cannot take.
    pub fn dtype(message: impl Into<String>) -> Self {
        Self::new(Kind::Dtype, message)
    }

    /// A shape or byte count that does not fit.
    pub fn shape(message: impl Into<String>) -> Self {
        Self::new(Kind::Shape, message)
    }

    /// Not done by this codec or build.
    pub fn unsupported(message: impl Into<String>) -> Self {
        Self::new(Kind::Unsupported, message)
    }

    /// The caller's memory is too small; `needed` when the size is known.
    pub fn space(room: usize, needed: Option<u64>) -> Self {
        let message = match needed {
            Some(needed) => format!("the result takes {needed} bytes, the destination has {room}"),
            None => format!("the result is larger than the {room} bytes of the destination"),
        };
        let mut error = Self::new(Kind::Space, message);
        error.0.needed = needed;
        error
    }

    /// More bytes than a limit of the caller allows.
    pub fn limit(name: &str, limit: u64, needed: u64) -> Self {
        let mut error = Self::new(Kind::Limit, format!("{needed} bytes are needed, {name} is {limit}"));
        error.0.needed = Some(needed);
        error
    }

    /// The allocator refused `needed` bytes.
    pub fn memory(needed: u64) -> Self {
        let mut error = Self::new(Kind::Memory, format!("no memory for {needed} bytes"));
        error.0.needed = Some(needed);
        error
    }

    /// A checksum that differs from the one stored at byte `offset`.
    pub fn checksum(stored: u32, computed: u32, offset: usize) -> Self {
        Self::new(Kind::Checksum, format!("checksum {stored:08x} is stored, {computed:08x} computed")).at(offset)
    }

    /// Adds the byte of the encoded input where the trouble is.
    #[must_use]
    pub fn at(mut self, offset: usize) -> Self {
        self.0.offset = Some(offset as u64);
        self
    }

    /// Adds the byte of the encoded input, unless a more exact one is known already.
    #[must_use]
    pub fn or_at(mut self, offset: usize) -> Self {
        self.0.offset.get_or_insert(offset as u64);
        self
    }

    /// Names the codec, unless an inner one is named already.
    #[must_use]
    pub fn in_codec(mut self, id: &str) -> Self {
        if self.0.codec.is_empty() {
            self.0.codec = id.to_owned();
        }
        self
    }

    /// Names the pipeline stage, unless an inner one is named already.
    #[must_use]
    pub fn in_stage(mut self, stage: usize) -> Self {
        self.0.stage.get_or_insert(stage as u32);
        self
    }

    /// Names the inner chunk of a shard; that of an outer shard wins.
    #[must_use]
    pub fn in_inner_chunk(mut self, number: usize) -> Self {
        self.0.inner = Some(number as u64);
        self.0.message = format!("inner chunk {number}: {}", self.0.message);
        self
    }

    /// Adds how many bytes were asked for; 0 = not known.
    #[must_use]
    pub fn needing(mut self, nbytes: u64) -> Self {
        self.0.needed = Some(nbytes).filter(|n| *n > 0);
        self
    }

    /// The error of a chunk that outgrows the `nbytes` of memory for it.
    #[must_use]
    pub fn too_long(mut self, nbytes: usize) -> Self {
        if self.0.kind == Kind::Space {
            self.0.kind = Kind::Shape;
            self.0.needed = None;
            self.0.message = format!("the chunk decodes to more than the {nbytes} bytes of its layout");
        }
        self
    }

    /// Puts `prefix` before the JSON path.
    #[must_use]
    pub fn under(mut self, prefix: &str) -> Self {
        self.0.path = format!("{prefix}{}", self.0.path);
        self
    }

    /// The cause.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// All fields.
    pub fn details(&self) -> &Details {
        &self.0
    }

    /// The same trouble under another cause.
    #[must_use]
    pub fn with_kind(mut self, kind: Kind) -> Self {
        self.0.kind = kind;
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Error {}
