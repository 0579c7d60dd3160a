//! Several stages at once: filters work on pieces that stay in the cache, between the memory or the codec that pieces come from and the
//! memory or the codec that takes them. The bytes are those of one stage after another.

use std::ops::Range;

use super::run::Way;
use super::{Pipeline, Stage};
use crate::core::pieces::{Ends, Filter, Filtered, Memory, PIECE, Piecewise, Source, drain};
use crate::core::pool::room;
use crate::core::{ArrayRef, Call, Error, Layout, Result, Sink};

/// Most filters that work at once: each has a piece in the cache.
const MOST: usize = 6;

/// Who takes the last pieces.
type End<'e> = dyn FnMut(&mut dyn Source, &Layout) -> Result<Layout> + 'e;

impl Stage {
    fn filter(&self) -> Option<&dyn Filter> {
        match self.codec.piecewise() {
            Piecewise::Filter(filter) => Some(filter),
            _ => None,
        }
    }

    fn ends(&self) -> Option<&dyn Ends> {
        match self.codec.piecewise() {
            Piecewise::Ends(ends) => Some(ends),
            _ => None,
        }
    }
}

impl Pipeline {
    /// How many of the stages from place `from` on can work at once. Who follows a call is told of one stage after another.
    pub(super) fn together(&self, way: Way, from: usize, call: &Call<'_>) -> usize {
        if call.is_followed() {
            return 1;
        }
        let stage = |i: usize| self.stage(way, i).map(|(_, stage)| stage);
        let ends = |i: usize| usize::from(stage(i).is_some_and(|stage| stage.ends().is_some()));
        // Of a whole chunk, several threads decode the blocks.
        let before = if way == Way::Decode && call.nthreads() == 1 { ends(from) } else { 0 };
        let first = from + before;
        let filters = (first..first + MOST).take_while(|i| stage(*i).is_some_and(|stage| stage.filter().is_some())).count();
        let after = if way == Way::Encode { ends(first + filters) } else { 0 };
        (before + filters + after).max(1)
    }

    /// Does what the stages at `places` do. An error says only that it does not go this way.
    pub(super) fn fused(&self, way: Way, places: Range<usize>, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let call = out.call();
        let nbytes = places.len() * PIECE;
        let _memory = call.charge(nbytes)?;
        let mut rooms = self.rooms.get(|| Ok::<_, Error>(Vec::new()))?;
        let rooms = room(&mut rooms, nbytes)?;
        let to_memory = |source: &mut dyn Source, layout: &Layout, out: &mut Sink<'_>| drain(source, out).map(|()| layout.clone());
        let at = |i: usize| self.stage(way, i).and_then(|(_, stage)| Some((stage, stage.ends()?)));
        if let Some((stage, ends)) = at(places.start).filter(|_| way == Way::Decode) {
            let filters = places.start + 1..places.end;
            return ends.decode_to(src.bytes()?, call, &mut |source| {
                bounded(source, call)?;
                let layout = stage.taken(Layout::bytes(source.nbytes()))?;
                self.chain(way, filters.clone(), source, &layout, (rooms, call), &mut |source, layout| to_memory(source, layout, out))
            });
        }
        let last = at(places.end - 1).filter(|_| way == Way::Encode);
        let filters = places.start..places.end - usize::from(last.is_some());
        let mut memory = Memory::new(src.bytes()?);
        self.chain(way, filters, &mut memory, src.layout(), (rooms, call), &mut |source, layout| match last {
            Some((stage, ends)) => ends.encode_from(source, &stage.given(layout)?, out),
            None => to_memory(source, layout, out),
        })
    }

    /// Puts the filters at `places` between `source` and `end`.
    fn chain(
        &self,
        way: Way,
        places: Range<usize>,
        source: &mut dyn Source,
        layout: &Layout,
        (rooms, call): (&mut [u8], Call<'_>),
        end: &mut End<'_>,
    ) -> Result<Layout> {
        let Some((_, stage)) = self.stage(way, places.start).filter(|_| !places.is_empty()) else { return end(source, layout) };
        let filter = stage.filter().ok_or_else(|| Error::unsupported("not a filter"))?;
        let (room, rooms) = rooms.split_at_mut_checked(PIECE).unwrap_or_default();
        let rest = places.start + 1..places.end;
        match way {
            Way::Encode => filter.encoding(&stage.given(layout)?, call.strict(), &mut |running| {
                let after = running.layout.clone();
                self.chain(way, rest.clone(), &mut Filtered::new(source, running, room)?, &after, (rooms, call), end)
            }),
            Way::Decode => filter.decoding(layout, call.strict(), &mut |running| {
                let after = stage.taken(running.layout.clone())?;
                let mut filtered = Filtered::new(source, running, room)?;
                if !rest.is_empty() {
                    bounded(&filtered, call)?;
                }
                self.chain(way, rest.clone(), &mut filtered, &after, (rooms, call), end)
            }),
        }
    }
}

/// Bounds what lies between stages as if it were held: whether they work at once must not decide what is too large.
fn bounded(source: &dyn Source, call: Call<'_>) -> Result<()> {
    if source.nbytes() as u64 > call.limits().max_between() {
        return Err(Error::unsupported("more than goes from one stage to the next"));
    }
    Ok(())
}
