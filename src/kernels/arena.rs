//! Memory that a C library asks for and gives back through hooks, kept for its next stream.

use std::alloc::{Layout, alloc, dealloc};
use std::cell::RefCell;
use std::ptr::{self, NonNull};

/// Most bytes that an arena keeps: the window of an .xz stream of preset 6 with room beside it. What a stream asks for above that,
/// for it names what it wants, goes back at once.
pub const KEPT: usize = 16 << 20;
/// Most blocks that it keeps.
const BLOCKS: usize = 48;

/// Blocks that are free; one goes to whoever asks for exactly its size. The oldest make room for new ones.
pub struct Arena {
    free: RefCell<Vec<Block>>,
}

/// What lies before a block. It keeps the alignment of the allocator.
#[repr(C, align(16))]
struct Header {
    nbytes: usize,
}

/// A block of the global allocator.
struct Block(NonNull<Header>);

// SAFETY: a block belongs to one owner and has no tie to a thread.
unsafe impl Send for Block {}

impl Block {
    fn layout(nbytes: usize) -> Option<Layout> {
        let all = nbytes.checked_add(size_of::<Header>())?;
        Layout::from_size_align(all, align_of::<Header>()).ok()
    }

    fn new(nbytes: usize) -> Option<Self> {
        // SAFETY: the layout is at least as large as the header.
        let start = NonNull::new(unsafe { alloc(Self::layout(nbytes)?) })?.cast::<Header>();
        // SAFETY: a fresh block, aligned for the header that it begins with.
        unsafe { start.write(Header { nbytes }) };
        Some(Block(start))
    }

    fn nbytes(&self) -> usize {
        // SAFETY: every block begins with its header.
        unsafe { self.0.as_ref() }.nbytes
    }

    /// The memory behind the header, for a C library.
    fn lend(self) -> *mut u8 {
        // SAFETY: the block reaches at least to the end of its header.
        let data = unsafe { self.0.add(1) };
        std::mem::forget(self);
        data.as_ptr().cast()
    }

    /// # Safety
    /// `data` came from [`Block::lend`] and was not taken back yet.
    unsafe fn back(data: NonNull<u8>) -> Self {
        // SAFETY: the header lies right before what was lent.
        Block(unsafe { data.cast::<Header>().sub(1) })
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        if let Some(layout) = Self::layout(self.nbytes()) {
            // SAFETY: allocated with this layout, freed once.
            unsafe { dealloc(self.0.as_ptr().cast(), layout) };
        }
    }
}

impl Arena {
    /// An empty one; `None` where the allocator refuses.
    pub fn new() -> Option<Self> {
        let mut free = Vec::new();
        free.try_reserve_exact(BLOCKS).ok()?;
        Some(Arena { free: RefCell::new(free) })
    }

    /// What a C library hands to its hooks, as bytes: C types are for those who call it.
    pub fn handle(&self) -> *mut u8 {
        ptr::from_ref(self).cast_mut().cast()
    }

    /// For the hook that allocates; null where the allocator refuses.
    ///
    /// # Safety
    /// `handle` is that of a live arena, which no other thread uses.
    pub unsafe fn take(handle: *mut u8, nbytes: usize) -> *mut u8 {
        // SAFETY: as asked of the caller; arenas are only ever shared.
        let arena = unsafe { &*handle.cast::<Arena>() };
        arena.kept(nbytes).or_else(|| Block::new(nbytes)).map_or(ptr::null_mut(), Block::lend)
    }

    /// For the hook that frees; a null pointer is none.
    ///
    /// # Safety
    /// As [`Arena::take`], and `block` came from there and was not given back yet.
    pub unsafe fn give(handle: *mut u8, block: *mut u8) {
        // SAFETY: as asked of the caller.
        if let Some(block) = NonNull::new(block).map(|data| unsafe { Block::back(data) }) {
            // SAFETY: as in take.
            unsafe { &*handle.cast::<Arena>() }.keep(block);
        }
    }

    fn kept(&self, nbytes: usize) -> Option<Block> {
        let mut free = self.free.try_borrow_mut().ok()?;
        let at = free.iter().rposition(|block| block.nbytes() == nbytes)?;
        Some(free.remove(at))
    }

    fn keep(&self, block: Block) {
        let Ok(mut free) = self.free.try_borrow_mut() else { return };
        if block.nbytes() > KEPT {
            return;
        }
        let most = KEPT - block.nbytes();
        while free.len() == BLOCKS || free.iter().map(Block::nbytes).sum::<usize>() > most {
            free.remove(0);
        }
        free.push(block); // within what was reserved
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(arena: &Arena, nbytes: usize) -> *mut u8 {
        // SAFETY: a live arena of this thread.
        let block = unsafe { Arena::take(arena.handle(), nbytes) };
        assert!(!block.is_null() && block.addr().is_multiple_of(16));
        // SAFETY: the block has so many bytes.
        unsafe { block.write_bytes(0xa5, nbytes) };
        block
    }

    fn give(arena: &Arena, block: *mut u8) {
        // SAFETY: taken from it by the test.
        unsafe { Arena::give(arena.handle(), block) };
    }

    fn sizes(arena: &Arena) -> Vec<usize> {
        arena.free.borrow().iter().map(Block::nbytes).collect()
    }

    #[test]
    fn a_block_goes_to_who_asks_for_its_size() {
        let arena = Arena::new().expect("memory");
        let blocks = [100, 200, 100, 0].map(|nbytes| take(&arena, nbytes));
        blocks.iter().for_each(|block| give(&arena, *block));
        give(&arena, ptr::null_mut());
        assert_eq!(sizes(&arena), [100, 200, 100, 0]);
        let again = [100, 100, 200].map(|nbytes| take(&arena, nbytes));
        assert_eq!(again, [blocks[2], blocks[0], blocks[1]]);
        let other = take(&arena, 50);
        assert_eq!(sizes(&arena), [0]);
        again.into_iter().chain([other]).for_each(|block| give(&arena, block));
        assert_eq!(sizes(&arena), [0, 100, 100, 200, 50]);
    }

    #[test]
    fn what_it_keeps_is_bounded_in_bytes_and_in_blocks() {
        let arena = Arena::new().expect("memory");
        for nbytes in [10, KEPT, KEPT + 1, KEPT / 2, KEPT / 2 - 9] {
            give(&arena, take(&arena, nbytes));
            assert!(sizes(&arena).iter().sum::<usize>() <= KEPT);
        }
        assert_eq!(sizes(&arena), [KEPT / 2, KEPT / 2 - 9]);
        for nbytes in 1..3 * BLOCKS {
            give(&arena, take(&arena, nbytes));
        }
        assert_eq!(sizes(&arena), (2 * BLOCKS..3 * BLOCKS).collect::<Vec<_>>());
    }

    #[test]
    fn refuses_what_the_allocator_refuses() {
        let arena = Arena::new().expect("memory");
        for nbytes in [usize::MAX, isize::MAX as usize] {
            // SAFETY: a live arena of this thread.
            assert!(unsafe { Arena::take(arena.handle(), nbytes) }.is_null());
        }
    }
}
