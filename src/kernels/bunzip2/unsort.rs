//! Undoes the sorting of a block.
//!
//! Each row of the sorted block leads to the row of the next byte, anywhere in the block: a walk of loads that wait for each other. So
//! walks start from many rows, some of them at a time, each until it comes to where another started, and are then put in order.

use super::room;

/// Walks at a time.
const LANES: usize = 8;
/// Steps of all lanes between two looks at what they found.
const STEPS: usize = 512;
/// About so many walks make a block, which are no shorter than [`SHORTEST`] on average.
const WALKS: usize = 256;
const SHORTEST: usize = 64;
/// Nodes in front of the others, one for the start of each walk.
const STARTS: usize = 2 * WALKS;

/// A row: the next one above these bits, [`MARK`], and the byte.
const ROW: u32 = 12;
/// In the row before one from which a walk starts.
const MARK: u32 = 1 << 8;

/// Bytes that the nodes of the largest block take.
pub const NODES: usize = size_of::<Node>() * most_nodes(900_000);

/// A start for each walk, a part for each start and each end, and whole stages.
const fn most_nodes(n: usize) -> usize {
    3 * STARTS + n / STEPS
}

/// What it takes to undo the sorting, kept for the next block.
#[derive(Default)]
pub struct Unsort {
    rows: Vec<u32>,
    /// Parts of walks as they were found.
    parts: Vec<u8>,
    nodes: Vec<Node>,
}

/// A part of a walk. That of a start is empty.
#[derive(Clone, Copy, Default)]
struct Node {
    /// Where in `parts` it begins.
    from: u32,
    len: u32,
    /// The node after it.
    next: u32,
}

/// A walk on its way, or none: that stays in the last row.
#[derive(Clone, Copy, Default)]
struct Lane {
    /// The row that it came through.
    entry: u32,
    /// The node before what is on stage, and where on stage that begins.
    last: usize,
    from: usize,
    active: bool,
}

impl Lane {
    fn new(starts: Starts, number: Option<usize>, from: usize) -> Self {
        let row = number.map_or(starts.rows, |number| starts.first + number * starts.step);
        Lane { entry: (row as u32) << ROW, last: number.unwrap_or_default(), from, active: number.is_some() }
    }

    fn has_arrived(self) -> bool {
        self.entry & MARK != 0
    }
}

/// What walks found so far.
struct Found<'a> {
    parts: &'a mut [u8],
    used: usize,
    nodes: &'a mut Vec<Node>,
}

impl Found<'_> {
    /// Adds a part behind the node `last`; returns its own.
    fn add(&mut self, part: &[u8], last: usize) -> usize {
        let (from, node) = (self.used, self.nodes.len());
        self.used += part.len();
        if let Some(room) = self.parts.get_mut(from..self.used) {
            room.copy_from_slice(part);
        }
        self.nodes.push(Node { from: from as u32, len: part.len() as u32, next: 0 });
        self.link(last, node);
        node
    }

    fn link(&mut self, last: usize, next: usize) {
        if let Some(node) = self.nodes.get_mut(last) {
            node.next = next as u32;
        }
    }
}

/// The rows from which walks start: `first`, and then each `step`.
#[derive(Clone, Copy)]
struct Starts {
    first: usize,
    step: usize,
    count: usize,
    /// Of the block.
    rows: usize,
}

impl Starts {
    /// About [`WALKS`] of `n` rows, `origin` among them.
    fn new(n: usize, origin: usize) -> Self {
        let step = (n / WALKS).max(SHORTEST);
        let first = origin % step;
        Starts { first, step, count: (n - first).div_ceil(step), rows: n }
    }

    fn number(self, row: usize) -> usize {
        (row - self.first) / self.step
    }
}

impl Unsort {
    /// Puts `block` in order. `counts` says how often each byte comes, `origin` which row begins the block as it was. Memory is kept as
    /// for `most` bytes, at the most 900,000, where the block is nearly as large. `None`: there is none.
    pub fn run(&mut self, block: &mut [u8], counts: &[u32; 256], origin: usize, most: usize) -> Option<()> {
        let (n, starts) = (block.len(), Starts::new(block.len(), origin));
        let kept = n.next_power_of_two().min(most);
        let rows = room(&mut self.rows, kept + 1)?.get_mut(..=n)?;
        let parts = room(&mut self.parts, kept)?.get_mut(..n)?;
        self.nodes.clear();
        self.nodes.try_reserve_exact(most_nodes(kept)).ok()?;
        self.nodes.resize(STARTS, Node::default());
        link(block, counts, starts, rows);
        walk(rows, starts, Found { parts, used: 0, nodes: &mut self.nodes });
        gather(block, parts, &self.nodes, starts.number(origin));
        Some(())
    }
}

/// Makes the rows. The last one leads to itself.
fn link(block: &[u8], counts: &[u32; 256], starts: Starts, rows: &mut [u32]) {
    let (mut places, mut sum) = (*counts, 0);
    for place in &mut places {
        (*place, sum) = (sum, sum + *place);
    }
    let (before, marked) = block.split_at(starts.first);
    scatter(before, 0, &mut places, rows);
    for (number, stretch) in marked.chunks(starts.step).enumerate() {
        let first = scatter(stretch, starts.first + number * starts.step, &mut places, rows);
        if let Some(row) = rows.get_mut(first as usize) {
            *row |= MARK;
        }
    }
    if let Some(last) = rows.last_mut() {
        *last = (block.len() as u32) << ROW;
    }
}

/// Makes the rows that lead to those from `from` on; returns which leads to the first.
fn scatter(bytes: &[u8], from: usize, places: &mut [u32; 256], rows: &mut [u32]) -> u32 {
    let first = bytes.first().and_then(|byte| places.get(usize::from(*byte))).copied().unwrap_or_default();
    for (to, byte) in (from as u32..).zip(bytes) {
        let Some(place) = places.get_mut(usize::from(*byte)) else { break };
        if let Some(row) = rows.get_mut(*place as usize) {
            *row = to << ROW | u32::from(*byte);
        }
        *place += 1;
    }
    first
}

/// Does all walks.
fn walk(rows: &[u32], starts: Starts, mut found: Found<'_>) {
    let (mut stage, mut waiting, mut at) = ([[0; STEPS]; LANES], 0..starts.count, 0);
    let mut lanes: [Lane; LANES] = std::array::from_fn(|_| Lane::new(starts, waiting.next(), 0));
    while lanes.iter().any(|lane| lane.active) {
        let end = advance(rows, &mut lanes, &mut stage, at);
        at = end % STEPS;
        for (lane, stage) in lanes.iter_mut().zip(&stage).filter(|(lane, _)| lane.active && (lane.has_arrived() || at == 0)) {
            (lane.last, lane.from) = (found.add(stage.get(lane.from..end).unwrap_or_default(), lane.last), at);
            if lane.has_arrived() {
                found.link(lane.last, starts.number((lane.entry >> ROW) as usize));
                *lane = Lane::new(starts, waiting.next(), at);
            }
        }
    }
}

/// Moves all lanes on from step `at` until one arrives or the stage is full; returns the step after that.
fn advance(rows: &[u32], lanes: &mut [Lane; LANES], stage: &mut [[u8; STEPS]; LANES], at: usize) -> usize {
    let (mut entries, mut any, mut step) = (lanes.map(|lane| lane.entry), 0, at);
    while step < STEPS && any & MARK == 0 {
        any = 0;
        for (entry, stage) in entries.iter_mut().zip(stage.iter_mut()) {
            *entry = rows.get((*entry >> ROW) as usize).copied().unwrap_or_default();
            any |= *entry;
            if let Some(byte) = stage.get_mut(step) {
                *byte = *entry as u8;
            }
        }
        step += 1;
    }
    for (lane, entry) in lanes.iter_mut().zip(entries) {
        lane.entry = entry;
    }
    step
}

/// Puts the parts in order, from that of a start on: round and round, where a block is shorter than its walk.
fn gather(block: &mut [u8], parts: &[u8], nodes: &[Node], start: usize) {
    let (mut room, mut node) = (block, nodes.get(start));
    while let Some(Node { from, len, next }) = node.copied() {
        let n = room.len().min(len as usize);
        let (Some(part), Some((now, later))) = (parts.get(from as usize..from as usize + n), room.split_at_mut_checked(n)) else { return };
        now.copy_from_slice(part);
        if later.is_empty() {
            return;
        }
        (room, node) = (later, nodes.get(next as usize));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row by row.
    fn model(block: &[u8], origin: usize) -> Vec<u8> {
        let mut rows: Vec<usize> = (0..block.len()).collect();
        rows.sort_by_key(|row| block[*row]);
        let mut row = origin;
        let step = |_| {
            row = rows[row];
            block[row]
        };
        (0..block.len()).map(step).collect()
    }

    #[test]
    fn blocks_of_one_walk_and_of_many_come_back() {
        let noise = |n: u32, few: u32| (0..n).map(move |i| ((i.wrapping_mul(i).wrapping_mul(2_654_435_761) >> 20) % few) as u8);
        let mut unsort = Unsort::default();
        for n in [1, 2, 3, 63, 64, 65, 511, 512, 513, 4096, 20_000, 70_001, 300, 300_000] {
            for few in [1, 2, 7, 256] {
                let block: Vec<u8> = noise(n, few).collect();
                let mut counts = [0; 256];
                block.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
                for origin in [0, n as usize / 2, n as usize - 1] {
                    let mut done = block.clone();
                    unsort.run(&mut done, &counts, origin, 900_000).expect("memory");
                    assert!(done == model(&block, origin), "{n} {few} {origin}");
                    assert!(unsort.nodes.len() <= most_nodes(n as usize), "{n} {few} {origin}");
                }
            }
        }
    }
}
