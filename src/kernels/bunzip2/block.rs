//! One block: what its head says, then its symbols.

use super::bits::Bits;
use super::huffman::{LONGEST, Table};
use super::recent::{Output, Recent, SLACK, Stop};
use super::{Fault, Memory, randomised};
use crate::kernels::alloc;

/// Bytes of a block for each level.
const BLOCK: usize = 100_000;
/// Symbols that one selector is for.
const GROUP: usize = 50;
/// Selectors that a block of level 9 may need; any others are passed over.
pub const SELECTORS: usize = 9 * BLOCK / GROUP + 2;
/// Most coding tables.
pub const TABLES: usize = 6;

/// The bytes that a block has.
struct Alphabet {
    bytes: [u8; 256],
    count: usize,
}

impl Alphabet {
    /// Two symbols for runs, one less than bytes for these, one for the end.
    fn symbols(&self) -> usize {
        self.count + 2
    }

    fn end(&self) -> u16 {
        self.count as u16 + 1
    }
}

/// Reads a block of at most `level` times [`BLOCK`] bytes into `memory`. Returns how many there are and their checksum.
pub fn read(bits: &mut Bits<'_>, level: usize, memory: &mut Memory) -> Result<(usize, u32), Fault> {
    let (sum, is_randomised, origin) = (bits.take(32), bits.flag(), bits.take(24) as usize);
    let alphabet = read_alphabet(bits)?;
    let tables = read_selectors(bits, &mut memory.selectors)?;
    read_tables(bits, tables, alphabet.symbols(), &mut memory.tables)?;
    let most = level * BLOCK;
    if memory.bytes.len() < most + SLACK {
        memory.bytes = Vec::new();
        memory.bytes = alloc::zeroed(most + SLACK).ok_or(Fault::Memory)?;
    }
    let mut output = Output::new(memory.bytes.get_mut(..most + SLACK).unwrap_or_default());
    read_symbols(bits, &alphabet, &memory.selectors, &memory.tables, &mut output)?;
    let (block, counts) = output.finish();
    if bits.is_beyond() {
        return Err(Fault::Cut);
    }
    if origin >= block.len() {
        return Err(Fault::Corrupt("the origin of a block lies outside it"));
    }
    memory.unsort.run(block, &counts, origin, most).ok_or(Fault::Memory)?;
    if is_randomised {
        randomised::undo(block);
    }
    Ok((block.len(), sum))
}

/// A bit for each 16 bytes of which some come, then a bit for each of these.
fn read_alphabet(bits: &mut Bits<'_>) -> Result<Alphabet, Fault> {
    let (mut bytes, mut count) = ([0; 256], 0);
    let rows = bits.take(16);
    for row in (0..16).filter(|row| rows << row & 0x8000 != 0) {
        let columns = bits.take(16);
        for column in (0..16).filter(|column| columns << column & 0x8000 != 0) {
            if let Some(room) = bytes.get_mut(count) {
                (*room, count) = (row << 4 | column, count + 1);
            }
        }
    }
    if count == 0 { Err(Fault::Corrupt("a block has no bytes")) } else { Ok(Alphabet { bytes, count }) }
}

/// Which table each group of symbols has, as its place among those that came last. Returns the number of tables.
fn read_selectors(bits: &mut Bits<'_>, selectors: &mut Vec<u8>) -> Result<usize, Fault> {
    let (tables, count) = (bits.take(3) as usize, bits.take(15) as usize);
    if !(2..=TABLES).contains(&tables) {
        return Err(Fault::Corrupt("a block has too few or too many coding tables"));
    }
    if count == 0 {
        return Err(Fault::Corrupt("a block has no selectors"));
    }
    let mut order: [u8; TABLES] = std::array::from_fn(|table| table as u8);
    selectors.clear();
    selectors.try_reserve_exact(SELECTORS).map_err(|_| Fault::Memory)?;
    for _ in 0..count {
        bits.fill();
        let place = bits.peek().leading_ones() as usize;
        let Some(ahead) = order.get_mut(..=place).filter(|_| place < tables) else {
            return Err(Fault::Corrupt("a block selects a coding table that it does not have"));
        };
        bits.skip(place as u32 + 1);
        ahead.rotate_right(1);
        if selectors.len() < SELECTORS {
            selectors.extend(ahead.first());
        }
    }
    Ok(tables)
}

/// The lengths of the codes of each table, each as the difference to the one before.
fn read_tables(bits: &mut Bits<'_>, count: usize, symbols: usize, tables: &mut Vec<Table>) -> Result<(), Fault> {
    tables.try_reserve_exact(TABLES - tables.len()).map_err(|_| Fault::Memory)?;
    tables.resize_with(TABLES, Table::default);
    for table in tables.iter_mut().take(count) {
        let (mut lengths, mut length) = ([0; 258], bits.take(5));
        let lengths = lengths.get_mut(..symbols).unwrap_or_default();
        for room in lengths.iter_mut() {
            length = read_length(bits, length)?;
            *room = length as u8;
        }
        table.set(lengths);
    }
    Ok(())
}

fn read_length(bits: &mut Bits<'_>, mut length: u32) -> Result<u32, Fault> {
    while (1..=LONGEST).contains(&length) {
        if !bits.flag() {
            return Ok(length);
        }
        length = if bits.flag() { length.wrapping_sub(1) } else { length + 1 };
    }
    Err(Fault::Corrupt("a code is shorter than 1 or longer than 20 bits"))
}

/// Reads group by group, the last one beyond its end; then takes back what was too much.
fn read_symbols(
    bits: &mut Bits<'_>,
    alphabet: &Alphabet,
    selectors: &[u8],
    tables: &[Table],
    output: &mut Output<'_>,
) -> Result<(), Fault> {
    let (mut recent, mut symbols, end) = (Recent::new(&alphabet.bytes), [0; GROUP], alphabet.end());
    for table in selectors.iter().filter_map(|selector| tables.get(usize::from(*selector))) {
        let begin = bits.clone();
        read_group(bits, table, &mut symbols);
        match output.write(&mut recent, &symbols, end) {
            Stop::Never => {}
            Stop::Full => return Err(Fault::Corrupt("a block has more bytes than the level allows")),
            Stop::Symbol(last) => {
                *bits = begin;
                let symbol = (0..=last).fold(0, |_, _| table.next(bits));
                return if symbol == end { Ok(()) } else { Err(Fault::Corrupt("bits of a block are no code")) };
            }
        }
    }
    Err(Fault::Corrupt("a block has no end"))
}

#[inline(always)]
fn read_group(bits: &mut Bits<'_>, table: &Table, symbols: &mut [u16; GROUP]) {
    let mut ahead = bits.clone(); // what is not lent out can stay in registers
    for [first, second] in symbols.as_chunks_mut().0 {
        ahead.fill();
        *first = table.take(&mut ahead);
        *second = table.take(&mut ahead);
    }
    *bits = ahead;
}
