//! Hands an array from stage to stage, in either direction.

use super::{Pipeline, Stage, named};
use crate::core::conform::{Told, conform};
use crate::core::pool::Pooled;
use crate::core::{ArrayRef, Call, Dtype, Error, Items, Layout, Result, Sink};

/// More than this is not kept after a call.
const KEEP: usize = 8 << 20;

/// The direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From the first stage to the last.
    Encode,
    /// Back.
    Decode,
}

/// What one stage gave, for the next one.
pub struct Held<'a> {
    pub sink: Sink<'a>,
    pub layout: Layout,
    /// Where the memory goes back to.
    memory: Pooled<'a, Vec<u8>>,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        let memory = self.sink.take_memory();
        if memory.len() <= KEEP {
            *self.memory = memory;
        }
    }
}

impl Held<'_> {
    /// The array held, or `src` before the first stage.
    fn or<'b>(held: &'b mut Option<Self>, src: &ArrayRef<'b>) -> Result<ArrayRef<'b>> {
        match held {
            Some(held) => held.sink.array(&held.layout),
            None => Ok(*src),
        }
    }
}

impl Stage {
    /// What the stage takes an array of that layout for when it encodes.
    pub fn given(&self, layout: &Layout) -> Result<Layout> {
        match &self.chunk {
            Some(chunk) if chunk.items == Items::Fixed && !(chunk.dtype == Dtype::U1 && chunk.shape() == [layout.nbytes()]) => {
                conform(layout.clone(), Told::Chunk(chunk))
            }
            Some(chunk) if chunk.items == Items::Fixed => Ok(chunk.clone()),
            _ => Ok(layout.clone()),
        }
    }

    /// What the result of decoding is taken for.
    pub fn taken(&self, known: Layout) -> Result<Layout> {
        conform(known, self.chunk.as_ref().map_or(Told::Nothing, Told::Chunk))
    }

    fn run(&self, way: Way, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        match (way, &self.chunk) {
            (Way::Decode, _) => self.taken(self.codec.decode(src, out)?),
            (Way::Encode, Some(chunk)) if chunk.items == Items::Fixed => {
                self.codec.encode(&ArrayRef::fixed(&self.given(src.layout())?, src.bytes()?)?, out)
            }
            (Way::Encode, _) => self.codec.encode(src, out),
        }
    }
}

impl Pipeline {
    /// The stage that comes at place `i` in that direction, and its position.
    pub(super) fn stage(&self, way: Way, i: usize) -> Option<(usize, &Stage)> {
        let position = if way == Way::Encode { i } else { self.stages.len().checked_sub(i + 1)? };
        Some((position, self.stages.get(position)?))
    }

    /// Hands `src` through all stages; several at once where they can work piece by piece. If anything is wrong then, they do it again
    /// one after another, and the error is theirs.
    pub(super) fn run(&self, way: Way, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let (before, fusible) = (out.len(), (0..self.stages.len()).any(|i| self.together(way, i, &out.call()) > 1));
        if fusible && let Ok(layout) = self.pass(way, true, src, out) {
            return Ok(layout);
        }
        out.start_over(before);
        self.pass(way, false, src, out)
    }

    /// Hands `src` from stage to stage; the last one writes to `out`. Only the two results next to each other are held at a time.
    pub(super) fn pass(&self, way: Way, fuse: bool, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let (call, mut held, mut at) = (out.call(), None, 0);
        while let Some((position, stage)) = self.stage(way, at) {
            let end = at + if fuse { self.together(way, at, &call) } else { 1 };
            let array = Held::or(&mut held, src);
            let step = |out: &mut Sink<'_>| match array {
                Ok(array) if end > at + 1 => self.fused(way, at..end, &array, out),
                array => array.and_then(|array| stage.run(way, &array, out)).map_err(|error| named(error, position, stage)),
            };
            if end >= self.stages.len() {
                return step(out);
            }
            (held, at) = (Some(self.hold(way, call, step)?), end);
        }
        copy(src, out)
    }

    /// What `work` writes, for the next stage.
    pub(super) fn hold<'a>(&'a self, way: Way, call: Call<'a>, work: impl FnOnce(&mut Sink<'a>) -> Result<Layout>) -> Result<Held<'a>> {
        let mut memory = self.memory.get(|| Ok::<_, Error>(Vec::new()))?;
        let sink = if way == Way::Encode { Sink::scratch(call) } else { Sink::between(call) };
        let mut sink = sink.reusing(std::mem::take(&mut *memory));
        let layout = work(&mut sink)?;
        Ok(Held { sink, layout, memory })
    }
}

/// No stages: bytes stay as they are.
fn copy(src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
    out.write(src.bytes()?)?;
    Ok(src.layout().clone())
}
