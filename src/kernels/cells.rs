//! Cells of four numbers a side, in which zfp works: taken out of an array with one to four dimensions, and put back.

/// Most numbers in a cell.
pub const MAX_CELL: usize = 256;

/// An array in C order, seen as cells. The fastest dimension is the first.
#[derive(Clone, Copy, Debug)]
pub struct Grid {
    extents: [usize; 4],
    dims: usize,
    /// Bytes of a number, 4 or 8.
    size: usize,
}

/// One cell: where it starts and how many numbers of each dimension are inside the array.
#[derive(Clone, Copy, Debug)]
pub struct Cell {
    start: [usize; 4],
    count: [usize; 4],
}

impl Grid {
    /// `shape` has one to four extents, the fastest last; no extent is 0 and the array fits memory.
    pub fn new(shape: &[usize], size: usize) -> Self {
        let mut extents = [1; 4];
        extents.iter_mut().zip(shape.iter().rev()).for_each(|(to, from)| *to = *from);
        Grid { extents, dims: shape.len(), size }
    }

    /// How many cells there are.
    pub fn cells(&self) -> u64 {
        self.extents.iter().map(|n| n.div_ceil(4) as u64).product()
    }

    /// Bytes of a whole cell.
    pub fn cell_size(&self) -> usize {
        self.size << (2 * self.dims)
    }

    /// All cells, in the order in which zfp stores them.
    pub fn iter(&self) -> Cells {
        Cells { extents: self.extents, next: Some([0; 4]) }
    }

    /// Copies a cell out of `array`, and fills what lies outside by zfp's rule.
    #[inline]
    pub fn gather(&self, cell: Cell, array: &[u8], block: &mut [u8]) {
        match (self.is_whole(cell), self.size) {
            (true, 4) => self.gather_rows::<16>(cell, array, block),
            (true, _) => self.gather_rows::<32>(cell, array, block),
            _ => self.gather_part(cell, array, block),
        }
    }

    /// Copies what lies inside the array from a cell to `array`.
    #[inline]
    pub fn scatter(&self, cell: Cell, block: &[u8], array: &mut [u8]) {
        match (self.is_whole(cell), self.size) {
            (true, 4) => self.scatter_rows::<16>(cell, block, array),
            (true, _) => self.scatter_rows::<32>(cell, block, array),
            _ => self.scatter_part(cell, block, array),
        }
    }

    #[inline]
    fn gather_rows<const ROW: usize>(&self, cell: Cell, array: &[u8], block: &mut [u8]) {
        let rows = block.as_chunks_mut::<ROW>().0;
        self.rows(cell, |row, at| {
            if let (Some(to), Some(from)) = (rows.get_mut(row), row_at(array, at)) {
                *to = *from;
            }
        });
    }

    #[inline]
    fn scatter_rows<const ROW: usize>(&self, cell: Cell, block: &[u8], array: &mut [u8]) {
        let rows = block.as_chunks::<ROW>().0;
        self.rows(cell, |row, at| {
            if let (Some(from), Some(to)) = (rows.get(row), row_at_mut(array, at)) {
                *to = *from;
            }
        });
    }

    fn gather_part(&self, cell: Cell, array: &[u8], block: &mut [u8]) {
        let (row, inside) = (4 * self.size, cell.count[0] * self.size);
        self.rows(cell, |i, at| {
            if let (Some(to), Some(from)) = (block.get_mut(i * row..i * row + inside), array.get(at..at + inside)) {
                to.copy_from_slice(from);
            }
        });
        self.pad(cell, block);
    }

    fn scatter_part(&self, cell: Cell, block: &[u8], array: &mut [u8]) {
        let (row, inside) = (4 * self.size, cell.count[0] * self.size);
        self.rows(cell, |i, at| {
            if let (Some(from), Some(to)) = (block.get(i * row..i * row + inside), array.get_mut(at..at + inside)) {
                to.copy_from_slice(from);
            }
        });
    }

    /// Whether all of a cell lies inside the array. The sum tells it: comparing the counts as vectors would wait for their stores.
    #[inline]
    fn is_whole(&self, cell: Cell) -> bool {
        let [kx, ky, kz, kw] = cell.count;
        kx + ky + kz + kw == 3 * self.dims + 4
    }

    /// Visits the rows of a cell: number of the row in the block, byte offset in the array.
    #[inline]
    fn rows(&self, cell: Cell, mut visit: impl FnMut(usize, usize)) {
        let [nx, ny, nz, _] = self.extents;
        let ([x, y, z, w], [_, ky, kz, kw]) = (cell.start, cell.count);
        if self.dims == 1 {
            return visit(0, x * self.size); // short cells: what follows would take as long as zfp
        }
        let row = nx * self.size;
        for dw in 0..kw {
            for dz in 0..kz {
                let plane = ((w + dw) * nz + z + dz) * ny + y;
                let mut at = (plane * nx + x) * self.size;
                for dy in 0..ky {
                    visit(16 * dw + 4 * dz + dy, at);
                    at += row;
                }
            }
        }
    }

    /// Along each dimension in turn: numbers 1, 2, 3 that are missing are copies of 0, 1, 0.
    fn pad(&self, cell: Cell, block: &mut [u8]) {
        for (dim, &count) in cell.count.iter().enumerate().take(self.dims) {
            let unit = self.size << (2 * dim);
            // Lower dimensions are whole by now, of higher ones only what is inside.
            let lines = |of: usize| if of > dim { cell.count.get(of).copied().unwrap_or(1) } else { 1 };
            let (ky, kz, kw) = (lines(1), lines(2), lines(3));
            for i in 0..ky * kz * kw {
                let line = (4 * (i % ky) + 16 * (i / ky % kz) + 64 * (i / (ky * kz))) * self.size;
                for (missing, source) in [(1, 0), (2, 1), (3, 0)].into_iter().skip(count - 1) {
                    let from = line + source * unit;
                    block.copy_within(from..from + unit, line + missing * unit);
                }
            }
        }
    }
}

/// Iterator over the cells of a [`Grid`].
pub struct Cells {
    extents: [usize; 4],
    next: Option<[usize; 4]>,
}

impl Iterator for Cells {
    type Item = Cell;

    #[inline]
    fn next(&mut self) -> Option<Cell> {
        let start = self.next?;
        let mut after = start;
        self.next = None;
        for (at, extent) in after.iter_mut().zip(self.extents) {
            *at += 4;
            if *at < extent {
                self.next = Some(after);
                break;
            }
            *at = 0;
        }
        let [x, y, z, w] = start;
        let [nx, ny, nz, nw] = self.extents;
        let count = [(nx - x).min(4), (ny - y).min(4), (nz - z).min(4), (nw - w).min(4)];
        Some(Cell { start, count })
    }
}

#[inline]
fn row_at<const ROW: usize>(array: &[u8], at: usize) -> Option<&[u8; ROW]> {
    array.get(at..)?.first_chunk()
}

#[inline]
fn row_at_mut<const ROW: usize>(array: &mut [u8], at: usize) -> Option<&mut [u8; ROW]> {
    array.get_mut(at..)?.first_chunk_mut()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPES: [&[usize]; 8] = [&[1], &[4], &[7], &[2, 3], &[5, 9], &[1, 4, 6], &[3, 4, 5, 2], &[4, 1, 1, 9]];

    #[test]
    fn what_is_taken_out_comes_back() {
        for shape in SHAPES {
            for size in [4, 8] {
                let grid = Grid::new(shape, size);
                let array: Vec<u8> = (0..shape.iter().product::<usize>() * size).map(|i| i as u8).collect();
                let (mut back, mut cells) = (vec![0; array.len()], 0);
                for cell in grid.iter() {
                    let mut block = vec![0; grid.cell_size()];
                    grid.gather(cell, &array, &mut block);
                    grid.scatter(cell, &block, &mut back);
                    cells += 1;
                }
                assert_eq!((cells, back), (grid.cells(), array), "{shape:?}");
            }
        }
    }

    #[test]
    fn missing_numbers_are_copies_by_the_rule() {
        let rows = |cell: &[u8]| cell.chunks(4).map(|n| n[0]).collect::<Vec<u8>>();
        let numbers: Vec<u8> = [10u8, 20, 30, 40, 50, 60].iter().flat_map(|n| [*n, 0, 0, 0]).collect();
        let pad = |shape: &[usize]| {
            let grid = Grid::new(shape, 4);
            let mut block = vec![0; grid.cell_size()];
            let cell = grid.iter().next().expect("a cell");
            grid.gather(cell, &numbers, &mut block);
            rows(&block)
        };
        assert_eq!(pad(&[1]), [10, 10, 10, 10]);
        assert_eq!(pad(&[2]), [10, 20, 20, 10]);
        assert_eq!(pad(&[3]), [10, 20, 30, 10]);
        assert_eq!(pad(&[2, 3]), [10, 20, 30, 10, 40, 50, 60, 40, 40, 50, 60, 40, 10, 20, 30, 10]);
    }

    #[test]
    fn cells_come_row_by_row() {
        let starts: Vec<_> = Grid::new(&[5, 6], 8).iter().map(|cell| (cell.start, cell.count)).collect();
        let expected = [([0, 0], [4, 4]), ([4, 0], [2, 4]), ([0, 4], [4, 1]), ([4, 4], [2, 1])];
        assert_eq!(starts, expected.map(|(s, c)| ([s[0], s[1], 0, 0], [c[0], c[1], 1, 1])));
    }
}
