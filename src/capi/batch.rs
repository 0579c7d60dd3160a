//! Many chunks in one call.

use std::ffi::c_void;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::codec::{instance, nc_codec};
use super::layout::{nc_layout, optional};
use super::options::{self, Options};
use super::types::{nc_error, nc_options, nc_status};
use super::zarr::nc_zarr;
use super::{boundary, bytes, null, required, text};
use crate::batch::{self, Outcome};
use crate::core::call::Call;
use crate::core::error::{Error, Kind, Result};
use crate::core::layout::{Layout, Order};
use crate::core::sink::{Fixed, Sink};
use crate::core::{ArrayRef, convert};
use crate::operation::{self, Source};
use crate::registry::Instance;

/// The chunks of one call: plain parallel arrays of n elements. Inputs are borrowed, outputs filled. Set struct_size to
/// sizeof(nc_batch) and what is not needed to 0. Destinations must not share memory with sources, and no two of them may hold the same
/// item; their items may lie between each other, as those of neighbouring parts of one large array do.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nc_batch {
    /// sizeof(nc_batch) as the caller was compiled.
    pub struct_size: usize,
    /// Number of chunks.
    pub n: usize,
    /// The inputs. Decoding: NULL = a chunk that is not there: fill value. Any other pointer with 0 bytes is an empty input.
    pub src: *const *const c_void,
    /// Bytes of each input.
    pub src_nbytes: *const usize,
    /// The outputs: where the first item of each goes, or the first encoded byte.
    pub dst: *const *mut c_void,
    /// Bytes of room behind each dst: nothing is written past it, whatever the strides.
    pub dst_nbytes: *const usize,
    /// First element of the box inside each chunk, n times one number for each dimension; NULL = 0.
    pub starts: *const i64,
    /// Elements of that box, n times one number for each dimension; NULL = the shape of each.
    pub counts: *const i64,
    /// Set to the bytes from the first to the last written, 0 where a chunk failed; NULL = not asked.
    pub written: *mut usize,
    /// Set for every chunk, NUMCODECS_ERR_NOT_DONE where it was never started. Required.
    pub status: *mut nc_status,
    /// Filled for every chunk; NULL = not asked.
    pub errors: *mut nc_error,
    /// Where the fill value comes from; NULL = zeros.
    pub fill: *const nc_zarr,
}

#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<nc_batch>() == 96 && std::mem::offset_of!(nc_batch, status) == 72);

/// Decodes many chunks, on as many threads as opt->nthreads says. One bad chunk does not lose the others.
///
/// codec: of all chunks; that of nc_zarr_codec knows their layout. chunk: layout of a decoded chunk, as in nc_decode; NULL = what the
/// codec knows. each: layout of every destination: dtype, order or strides; its shape is that of a whole chunk, or with starts of a
/// box; with counts fewer elements are written, at the same strides, so that chunks at the edge of an array are cropped. NULL = bytes
/// as they come. batch: the chunks. opt: limits hold for the whole call, grow must be NULL; progress counts chunks. With progress and
/// more than one thread the calling thread only watches. Threads end before the call does. Besides the destinations each thread takes
/// at most one decoded chunk and what the codec itself needs. first: what became of the chunk with the lowest number that failed, index
/// says which. Returns NUMCODECS_OK if all chunks are good, NUMCODECS_ERR_CANCELLED if progress stopped the call, else what first says.
/// Errors are those of nc_decode_into and nc_decode_box. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_decode_batch(
    codec: *const nc_codec,
    chunk: *const nc_layout,
    each: *const nc_layout,
    batch: *const nc_batch,
    opt: *const nc_options,
    first: *mut nc_error,
) -> nc_status {
    boundary_at(first, |index| {
        // SAFETY: pointers of the caller, checked for NULL, valid for this call.
        let (batch, codec, options) = unsafe { (Batch::read(batch)?, instance(codec)?, read_options(opt)?) };
        // SAFETY: as above.
        let (chunk, each) = unsafe { (optional(chunk), optional(each)) };
        let decoding = Decoding { codec, chunk: chunk.or(codec.chunk()), each, batch: &batch, written: AtomicU64::new(0) };
        let exclusive = batch.items().map(|item| decoding.exclusive(item));
        disjoint(exclusive.collect::<Result<Vec<_>>>()?)?;
        batch.run(codec, &options, index, &|i, call| decoding.item(i, call))
    })
}

/// Encodes many chunks, on as many threads as opt->nthreads says. One bad chunk does not lose the others.
///
/// codec: of all chunks. each: layout of every source; NULL = bytes. batch: the chunks; src is the first item of each, src_nbytes the
/// bytes from it on. With counts a source holds only a box of its chunk, at the strides of each, as at the edge of an array; the rest
/// becomes fill value; the codec must then be one that knows its chunk (nc_zarr_codec). dst, dst_nbytes: nc_encode_info tells how much
/// is always enough; no two may share memory. The rest is as in nc_decode_batch, the errors those of nc_encode_into. Any thread. Since
/// 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_encode_batch(
    codec: *const nc_codec,
    each: *const nc_layout,
    batch: *const nc_batch,
    opt: *const nc_options,
    first: *mut nc_error,
) -> nc_status {
    boundary_at(first, |index| {
        // SAFETY: pointers of the caller, checked for NULL, valid for this call.
        let (batch, codec, options) = unsafe { (Batch::read(batch)?, instance(codec)?, read_options(opt)?) };
        // SAFETY: as above.
        let each = unsafe { optional(each) };
        disjoint(batch.items().map(|item| Some(item.dst)).collect())?;
        let written = AtomicU64::new(0);
        batch.run(codec, &options, index, &|i, call| {
            let n = batch.encode(i, codec, each, call)?;
            account(&written, n, &call)
        })
    })
}

/// [`boundary`], with the number of the chunk that failed.
fn boundary_at(first: *mut nc_error, body: impl FnOnce(&mut i64) -> Result<()>) -> nc_status {
    let mut index = -1;
    let status = boundary(first, || body(&mut index));
    // SAFETY: NULL or the caller's record, valid for the call.
    if let Some(record) = unsafe { first.as_mut() } {
        record.index = index;
    }
    status
}

/// Safety: as for [`options::read`].
unsafe fn read_options(opt: *const nc_options) -> Result<Options> {
    // SAFETY: promised by the caller.
    let options = unsafe { options::read(opt)? };
    if options.grow.is_some() {
        return Err(Error::unsupported("a batch has many destinations: options.grow must be NULL"));
    }
    Ok(options)
}

/// The caller's arrays, checked for NULL.
struct Batch<'a> {
    src: &'a [*const c_void],
    src_nbytes: &'a [usize],
    dst: &'a [*mut c_void],
    dst_nbytes: &'a [usize],
    starts: *const i64,
    counts: *const i64,
    written: *mut usize,
    status: *mut nc_status,
    errors: *mut nc_error,
    fill: Option<&'a nc_zarr>,
}

// SAFETY: workers only read the arrays, which nobody changes during the call, and write behind `dst` through [`Block`]; `written`,
// `status` and `errors` are written by the calling thread alone.
unsafe impl Sync for Batch<'_> {}

/// Memory of the caller that other threads may hold parts of, so no reference to it is made unless it is known to be exclusive.
#[derive(Clone, Copy)]
struct Block {
    data: *mut u8,
    room: usize,
}

/// One chunk.
#[derive(Clone, Copy)]
struct Item {
    number: usize,
    dst: Block,
}

impl Block {
    /// Copies a run to byte `at`; nothing past the room.
    fn put(self, at: usize, run: &[u8]) {
        if at.checked_add(run.len()).is_some_and(|end| end <= self.room) {
            // SAFETY: inside the room that the caller gave; no other chunk holds these bytes, as the caller promises.
            unsafe { self.data.add(at).copy_from_nonoverlapping(run.as_ptr(), run.len()) };
        }
    }

    /// The first `n` bytes of the room, or what there is.
    ///
    /// Safety: nobody else uses them as long as `'a`.
    unsafe fn slice<'a>(self, n: usize) -> &'a mut [u8] {
        match self.room.min(n) {
            0 => &mut [],
            // SAFETY: not NULL with room, as checked when the batch was read; exclusive as promised.
            n => unsafe { std::slice::from_raw_parts_mut(self.data, n) },
        }
    }
}

impl<'a> Batch<'a> {
    /// Reads and checks the arrays; every status is then NOT_DONE.
    ///
    /// Safety: `batch` is NULL or a struct of the caller whose arrays have n elements and are valid as long as `'a`.
    unsafe fn read(batch: *const nc_batch) -> Result<Self> {
        // SAFETY: zero is a valid value of every field: NULL or 0.
        let mut own: nc_batch = unsafe { std::mem::zeroed() };
        // SAFETY: promised by the caller.
        unsafe {
            required(batch, "batch")?;
            options::copy_known(batch, &mut own)?;
        }
        let n = own.n;
        // SAFETY: promised by the caller: n elements each.
        unsafe {
            bytes(own.status.cast_const(), n, "batch->status")?;
            (0..n).for_each(|i| own.status.add(i).write(Kind::NotDone as nc_status));
            if !own.written.is_null() {
                (0..n).for_each(|i| own.written.add(i).write(0));
            }
            let (src, src_nbytes) = (bytes(own.src, n, "batch->src")?, bytes(own.src_nbytes, n, "batch->src_nbytes")?);
            let (dst, dst_nbytes) = (bytes(own.dst, n, "batch->dst")?, bytes(own.dst_nbytes, n, "batch->dst_nbytes")?);
            if dst.iter().zip(dst_nbytes).any(|(dst, room)| dst.is_null() && *room > 0) {
                return Err(null("batch->dst[i]"));
            }
            let (starts, counts, fill) = (own.starts, own.counts, own.fill.as_ref());
            let (written, status, errors) = (own.written, own.status, own.errors);
            Ok(Batch { src, src_nbytes, dst, dst_nbytes, starts, counts, written, status, errors, fill })
        }
    }

    fn items(&self) -> impl Iterator<Item = Item> {
        let blocks =
            self.dst.iter().zip(self.dst_nbytes).map(|(dst, room)| Block { data: dst.cast(), room: (*room).min(isize::MAX as usize) });
        blocks.enumerate().map(|(number, dst)| Item { number, dst })
    }

    fn at(&self, i: usize) -> Result<Item> {
        let block = self
            .dst
            .get(i)
            .zip(self.dst_nbytes.get(i))
            .map(|(dst, room)| Block { data: dst.cast(), room: (*room).min(isize::MAX as usize) });
        block.map(|dst| Item { number: i, dst }).ok_or_else(|| Error::shape("no such chunk"))
    }

    /// The input of a chunk; `None` = absent.
    fn input(&self, i: usize) -> Result<Option<&'a [u8]>> {
        match (self.src.get(i), self.src_nbytes.get(i)) {
            // SAFETY: the caller gives that many bytes behind each pointer.
            (Some(src), Some(n)) if !src.is_null() => unsafe { bytes(src.cast::<u8>(), *n, "batch->src[i]") }.map(Some),
            _ => Ok(None),
        }
    }

    /// Row `i` of an array of n times `ndim` numbers; `None` for NULL.
    fn row(&self, array: *const i64, i: usize, ndim: usize, name: &str) -> Result<Option<Vec<usize>>> {
        if array.is_null() {
            return Ok(None);
        }
        // SAFETY: the caller gives n times one number for each dimension.
        let all = unsafe { bytes(array, self.src.len().saturating_mul(ndim), name)? };
        let row = all.get(i * ndim..(i + 1) * ndim).unwrap_or_default();
        let extent = |n: &i64| usize::try_from(*n).map_err(|_| Error::shape(format!("{name} has a negative value, {n}")));
        row.iter().map(extent).collect::<Result<_>>().map(Some)
    }

    /// Layout of the memory of chunk `i`: `each`, cropped to its counts.
    fn cropped(&self, i: usize, each: &Layout) -> Result<Layout> {
        let Some(counts) = self.row(self.counts, i, each.shape().len(), "batch->counts")? else { return Ok(each.clone()) };
        if counts.iter().zip(each.shape()).any(|(count, n)| count > n) {
            return Err(Error::shape(format!("counts {counts:?} are more than the {:?} elements of each", each.shape())));
        }
        Layout::new(each.dtype, each.items, &counts, Some(&each.strides()), Order::Strided)
    }

    /// Runs all chunks and tells the caller what became of them.
    fn run(
        &self,
        codec: &Instance,
        options: &Options,
        index: &mut i64,
        work: &(dyn Fn(usize, Call<'_>) -> Result<usize> + Sync),
    ) -> Result<()> {
        let outcomes = options.run(self.src.len(), |call| {
            let outcomes = batch::run(self.src.len(), &call, codec.concurrent(), work)?;
            outcomes.iter().enumerate().for_each(|(i, outcome)| self.tell(i, outcome));
            Ok(outcomes)
        })?;
        let cancelled = outcomes.iter().any(Option::is_none);
        let failed = outcomes.into_iter().enumerate().find_map(|(i, outcome)| Some((i, outcome?.err()?)));
        match failed {
            Some((i, error)) => {
                *index = i as i64;
                Err(if cancelled { error.with_kind(Kind::Cancelled) } else { error })
            }
            None if cancelled => Err(Error::new(Kind::Cancelled, "cancelled before all chunks were started")),
            None => Ok(()),
        }
    }

    fn tell(&self, i: usize, outcome: &Outcome) {
        let not_done = Error::new(Kind::NotDone, "the chunk was never started");
        let failure = match outcome {
            Some(Ok(_)) => None,
            Some(Err(error)) => Some(error),
            None => Some(&not_done),
        };
        // SAFETY: the caller's arrays have n elements and i < n; plain writes by the calling thread.
        unsafe {
            self.status.add(i).write(failure.map_or(0, |error| error.kind() as nc_status));
            if let (false, Some(Ok(n))) = (self.written.is_null(), outcome) {
                self.written.add(i).write(*n);
            }
            if let Some(record) = (!self.errors.is_null()).then(|| self.errors.add(i)).and_then(|record| record.as_mut()) {
                match failure {
                    Some(error) => text::fill(record, error),
                    None => text::clear(record),
                }
                record.index = i as i64;
            }
        }
    }

    /// Encodes one chunk; returns the bytes written.
    fn encode(&self, i: usize, codec: &Instance, each: Option<&Layout>, call: Call<'_>) -> Result<usize> {
        let src = self.input(i)?.unwrap_or_default();
        // SAFETY: the destinations were checked not to share memory.
        let room = unsafe { self.at(i)?.dst.slice(usize::MAX) };
        let mut memory = Fixed(room);
        let mut out = Sink::caller(call, &mut memory);
        let Some(each) = each else {
            operation::encode(codec, &Source::Fixed(&Layout::bytes(src.len()), src), &mut out)?;
            return Ok(out.len());
        };
        operation::fixed_size(each)?;
        let given = self.cropped(i, each)?;
        operation::check_span(&given, src.len())?;
        let src = src.get(..given.span()).unwrap_or_default();
        match codec.chunk() {
            Some(chunk) if !self.counts.is_null() && chunk.shape() != given.shape() => {
                let start = self.row(self.starts, i, chunk.shape().len(), "batch->starts")?;
                let start = start.unwrap_or_else(|| vec![0; chunk.shape().len()]);
                let whole = operation::surround(chunk, &start, &given, src, |room| self.fill(chunk, room), call)?;
                let array = ArrayRef::fixed(chunk, &whole.bytes)?;
                operation::encode(codec, &Source::Array(array), &mut out)?;
            }
            _ => {
                operation::encode(codec, &Source::Fixed(&given, src), &mut out)?;
            }
        }
        Ok(out.len())
    }

    /// Fill value in all of `room`, which has the layout `want`.
    fn fill(&self, want: &Layout, room: &mut [u8]) -> Result<()> {
        match self.fill {
            Some(zarr) => zarr.zarr.fill.write(&zarr.zarr.layout, want, room),
            None => Ok(()), // scratch memory is zeroed
        }
    }
}

/// What the chunks of one nc_decode_batch share.
struct Decoding<'a> {
    codec: &'a Instance,
    chunk: Option<&'a Layout>,
    each: Option<&'a Layout>,
    batch: &'a Batch<'a>,
    written: AtomicU64,
}

// SAFETY: all parts are Sync or, as the batch, explain why.
unsafe impl Sync for Decoding<'_> {}

impl Decoding<'_> {
    /// The memory that chunk `item` has for itself: all of it where it is written without gaps.
    fn exclusive(&self, item: Item) -> Result<Option<Block>> {
        let Some(each) = self.each else { return Ok(Some(item.dst)) };
        let want = self.batch.cropped(item.number, each)?;
        let room = want.span().min(item.dst.room);
        Ok((want.order() != Order::Strided).then_some(Block { room, ..item.dst }))
    }

    fn item(&self, i: usize, call: Call<'_>) -> Result<usize> {
        let dst = self.batch.at(i)?.dst;
        let src = self.batch.input(i)?;
        match (self.each, src) {
            (None, Some(src)) => {
                let n = self.whole(src, None, dst, call)?;
                account(&self.written, n, &call)
            }
            (None, None) => {
                let chunk = self.chunk.ok_or_else(|| Error::new(Kind::UnknownSize, "a chunk that is not there needs a layout"))?;
                self.absent(chunk, dst, call)
            }
            (Some(each), None) => self.absent(&self.batch.cropped(i, each)?, dst, call),
            (Some(each), Some(src)) => {
                let want = self.batch.cropped(i, each)?;
                let start = self.batch.row(self.batch.starts, i, want.shape().len(), "batch->starts")?;
                self.check_room(&want, dst, &call)?;
                self.part(src, start.as_deref(), &want, dst, call)
            }
        }
    }

    /// Room for all items, and the limit of the call.
    fn check_room(&self, want: &Layout, dst: Block, call: &Call<'_>) -> Result<()> {
        operation::fixed_size(want)?;
        if want.span() > dst.room {
            return Err(Error::space(dst.room, Some(want.span() as u64)));
        }
        account(&self.written, want.nbytes(), call).map(drop)
    }

    fn part(&self, src: &[u8], start: Option<&[usize]>, want: &Layout, dst: Block, call: Call<'_>) -> Result<usize> {
        let is_whole = start.is_none_or(|start| start.iter().all(|s| *s == 0));
        let cropped = self.chunk.is_some_and(|chunk| chunk.shape() != want.shape());
        if want.order() != Order::Strided && is_whole && !cropped {
            return self.whole(src, Some(want), dst, call);
        }
        operation::decode_part(self.codec, src, self.chunk, start, want, call, |at, run| dst.put(at, run))?;
        Ok(want.span())
    }

    /// Straight into memory that this chunk has for itself.
    fn whole(&self, src: &[u8], want: Option<&Layout>, dst: Block, call: Call<'_>) -> Result<usize> {
        // SAFETY: memory without gaps was checked not to be shared with another chunk.
        let room = unsafe { dst.slice(want.map_or(usize::MAX, Layout::span)) };
        let mut memory = Fixed(room);
        operation::decode_into(self.codec, src, self.chunk, want, &mut Sink::caller(call, &mut memory))
    }

    /// A chunk that is not there.
    fn absent(&self, want: &Layout, dst: Block, call: Call<'_>) -> Result<usize> {
        self.check_room(want, dst, &call)?;
        let dense = want.reordered(Order::C);
        let mut aside = call.scratch(dense.nbytes())?;
        self.batch.fill(&dense, &mut aside.bytes)?;
        convert::scatter(&aside.bytes, &dense, want, |at, run| dst.put(at, run));
        Ok(want.span())
    }
}

/// Counts result bytes against the limit of the whole call.
fn account(written: &AtomicU64, n: usize, call: &Call<'_>) -> Result<usize> {
    let total = written.fetch_add(n as u64, Relaxed).saturating_add(n as u64);
    match call.limits().max_output {
        Some(max) if total > max => Err(Error::limit("max_output", max, total)),
        _ => Ok(n),
    }
}

/// Refuses blocks that share bytes.
fn disjoint(blocks: Vec<Option<Block>>) -> Result<()> {
    let mut blocks: Vec<(usize, usize)> = blocks.into_iter().flatten().filter(|b| b.room > 0).map(|b| (b.data as usize, b.room)).collect();
    blocks.sort_unstable();
    let apart = |pair: &[(usize, usize)]| matches!(pair, [(a, n), (b, _)] if a.saturating_add(*n) <= *b);
    if blocks.windows(2).all(apart) {
        return Ok(());
    }
    Err(Error::shape("two destinations of the batch share memory"))
}
