//! Work piece by piece: filters over parts of a chunk that stay in the cache, between a source and whoever takes what they give.

use super::call::Call;
use super::error::{Error, Result};
use super::layout::Layout;
use super::sink::Sink;
use crate::kernels::copy::copy;

/// Bytes of a piece: with what it becomes it fits the second cache, and is large enough for filters to get going.
pub const PIECE: usize = 64 << 10;
/// Bytes between two calls of the caller's progress function.
const STEP: usize = 1 << 20;

/// What a codec does piece by piece.
#[derive(Clone, Copy)]
pub enum Piecewise<'c> {
    /// Nothing: it needs whole chunks.
    No,
    /// Everything: it takes items in order and gives items in order, both ways.
    Filter(&'c dyn Filter),
    /// It takes a chunk in pieces when it encodes and gives pieces when it decodes; its encoded form is whole.
    Ends(&'c dyn Ends),
}

/// A chunk that comes in order, as pieces of whole units.
pub trait Source {
    /// Bytes of all pieces.
    fn nbytes(&self) -> usize;
    /// What the size of a piece has to be a multiple of.
    fn unit(&self) -> usize;
    /// Fills `dst` with the next bytes. Nobody asks for more than there are.
    fn read(&mut self, dst: &mut [u8]) -> Result<()>;
    /// The next `n` bytes: in place, or in `room`, which has so many unless the source is [`Source::in_place`].
    fn next<'s>(&'s mut self, n: usize, room: &'s mut [u8]) -> Result<&'s [u8]> {
        let room = room.get_mut(..n).unwrap_or_default();
        self.read(room)?;
        Ok(room)
    }
    /// Whether pieces are parts of memory that is there already.
    fn in_place(&self) -> bool {
        false
    }
    /// Starts anew.
    fn rewind(&mut self);
}

/// A filter that works item by item, or with what it keeps of the items before.
pub trait Filter: Send + Sync {
    /// Layout of the encoded form of an array.
    fn encoded(&self, src: &Layout) -> Result<Layout>;
    /// Layout of the decoded form.
    fn decoded(&self, src: &Layout) -> Result<Layout>;
    /// Hands the encoding of an array of layout `src` to `then`, which runs it.
    fn encoding(&self, src: &Layout, strict: bool, then: &mut Then<'_>) -> Result<Layout>;
    /// The same for decoding.
    fn decoding(&self, src: &Layout, strict: bool, then: &mut Then<'_>) -> Result<Layout>;
    /// Whether each item is encoded by itself.
    fn elementwise(&self) -> bool {
        true
    }
    /// Whether it knows what encoded bytes decode to, and not only how many there are.
    fn knows_dtype(&self) -> bool {
        true
    }
    /// Whether decoding may give other values than were encoded.
    fn lossy(&self) -> bool {
        true
    }
}

/// A codec with a chunk in order on one side and whole memory on the other.
pub trait Ends {
    /// As `Codec::encode` of an array of layout `src` that comes in pieces.
    fn encode_from(&self, source: &mut dyn Source, src: &Layout, out: &mut Sink<'_>) -> Result<Layout>;
    /// Hands the decoded chunk to `then`. An error only says that it does not come in pieces; decoding the whole tells why.
    fn decode_to(&self, src: &[u8], call: Call<'_>, then: &mut Taker<'_>) -> Result<Layout>;
}

/// Runs a filter.
pub type Then<'t> = dyn FnMut(Running<'_>) -> Result<Layout> + 't;
/// Takes all pieces of a source.
pub type Taker<'t> = dyn FnMut(&mut dyn Source) -> Result<Layout> + 't;
/// The items from that number on, and what they become. The first items of a chunk have number 0: there it starts anew.
pub type Step<'s> = dyn FnMut(usize, &[u8], &mut [u8]) -> Result<()> + 's;

/// A filter under way.
pub struct Running<'s> {
    /// Bytes of an item before and after.
    pub sizes: (usize, usize),
    /// Layout of the result.
    pub layout: Layout,
    /// What it does.
    pub step: &'s mut Step<'s>,
}

impl Running<'_> {
    /// Appends what becomes of `src` to `out`.
    pub fn run(self, src: &[u8], out: &mut Sink<'_>) -> Result<Layout> {
        let ((from, to), call) = (self.sizes, out.call());
        let nbytes = (src.len() / from).checked_mul(to).ok_or_else(|| Error::memory(u64::MAX))?;
        let items = (STEP / from.max(to)).max(1);
        let dst = out.take(nbytes)?;
        for (i, (src, dst)) in src.chunks(items * from).zip(dst.chunks_mut((items * to).max(1))).enumerate() {
            call.checkpoint((i * items * to) as u64, nbytes as u64)?;
            (self.step)(i * items, src, dst)?;
        }
        Ok(self.layout)
    }
}

/// The filter that changes nothing but the layout.
pub fn copying(layout: Layout, then: &mut Then<'_>) -> Result<Layout> {
    let size = layout.dtype.itemsize.max(1);
    let step = &mut |_, src: &[u8], dst: &mut [u8]| {
        copy(src, dst);
        Ok(())
    };
    then(Running { sizes: (size, size), layout, step })
}

/// Memory as a source.
pub struct Memory<'m> {
    all: &'m [u8],
    left: &'m [u8],
}

impl<'m> Memory<'m> {
    /// All of `bytes`.
    pub fn new(bytes: &'m [u8]) -> Self {
        Memory { all: bytes, left: bytes }
    }

    fn advance(&mut self, n: usize) -> &'m [u8] {
        let (next, left) = self.left.split_at_checked(n).unwrap_or_default();
        self.left = left;
        next
    }
}

impl Source for Memory<'_> {
    fn nbytes(&self) -> usize {
        self.all.len()
    }

    fn unit(&self) -> usize {
        1
    }

    fn read(&mut self, dst: &mut [u8]) -> Result<()> {
        copy(self.advance(dst.len()), dst);
        Ok(())
    }

    fn next<'s>(&'s mut self, n: usize, _room: &'s mut [u8]) -> Result<&'s [u8]> {
        Ok(self.advance(n))
    }

    fn in_place(&self) -> bool {
        true
    }

    fn rewind(&mut self) {
        self.left = self.all;
    }
}

/// What a filter makes of a source.
pub struct Filtered<'f, 'r> {
    source: &'f mut dyn Source,
    running: Running<'r>,
    room: &'f mut [u8],
    /// Items that make whole units of the source.
    group: usize,
    done: usize,
}

impl<'f, 'r> Filtered<'f, 'r> {
    /// `room` are [`PIECE`] bytes. An error where the items of the filter and those of the source have nothing to do with each other.
    pub fn new(source: &'f mut dyn Source, running: Running<'r>, room: &'f mut [u8]) -> Result<Self> {
        let (from, to) = running.sizes;
        let unit = source.unit();
        let group = unit / common_divisor(from, unit);
        if to == 0 || group * from.max(to) > PIECE || !source.nbytes().is_multiple_of(group * from) {
            return Err(Error::unsupported(format!("items of {from} bytes out of pieces of {unit} bytes")));
        }
        Ok(Filtered { source, running, room, group, done: 0 })
    }
}

impl Source for Filtered<'_, '_> {
    fn nbytes(&self) -> usize {
        self.source.nbytes() / self.running.sizes.0 * self.running.sizes.1
    }

    fn unit(&self) -> usize {
        self.group * self.running.sizes.1
    }

    fn read(&mut self, dst: &mut [u8]) -> Result<()> {
        let (from, to) = self.running.sizes;
        let items = PIECE / (self.group * from.max(to)) * self.group;
        for dst in dst.chunks_mut(items * to) {
            let count = dst.len() / to;
            (self.running.step)(self.done, self.source.next(count * from, self.room)?, dst)?;
            self.done += count;
        }
        Ok(())
    }

    fn rewind(&mut self) {
        self.source.rewind();
        self.done = 0;
    }
}

fn common_divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

/// Appends all that `source` gives to `out`.
pub fn drain(source: &mut dyn Source, out: &mut Sink<'_>) -> Result<()> {
    let (call, nbytes, size) = (out.call(), source.nbytes(), whole(source, STEP)?);
    for (i, dst) in out.take(nbytes)?.chunks_mut(size).enumerate() {
        call.checkpoint((i * size) as u64, nbytes as u64)?;
        source.read(dst)?;
    }
    Ok(())
}

/// The most bytes up to `nbytes` that are whole units of `source`.
fn whole(source: &dyn Source, nbytes: usize) -> Result<usize> {
    let unit = source.unit();
    if unit > nbytes {
        return Err(Error::unsupported(format!("pieces of {unit} bytes")));
    }
    Ok(nbytes / unit * unit)
}
