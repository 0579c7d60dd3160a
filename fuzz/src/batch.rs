//! Any bytes as the chunks of a batch, into places of one array; each gets the status that it has alone.

use std::ffi::c_void;
use std::ptr;

use numcodecs::capi::{batch, types::nc_error};

use super::handles::{no_error, options, raw};
use super::{Input, codec, layout};

const CHUNKS: usize = 5;

/// One input.
pub fn batch(data: &[u8]) {
    let mut input = Input(data);
    let codec = codec(&mut input, "");
    let room = 8 * input.byte();
    let Some(layout) = layout(&mut input, room) else { return };
    let threads = 1 + input.byte() % 3;
    let cut = input.0.len() / CHUNKS;
    let chunks: Vec<&[u8]> = (0..CHUNKS).map(|i| &input.0[i * cut..(i + 1) * cut]).collect();
    let mut all = vec![0u8; room * CHUNKS];
    let src: Vec<*const c_void> = chunks.iter().enumerate().map(|(i, c)| if i == 3 { ptr::null() } else { c.as_ptr().cast() }).collect();
    let src_nbytes = [cut; CHUNKS];
    let dst: Vec<*mut c_void> = (0..CHUNKS).map(|i| all[i * room..].as_mut_ptr().cast()).collect();
    let (dst_nbytes, mut status) = ([room; CHUNKS], [-1; CHUNKS]);
    let mut errors: [nc_error; CHUNKS] = std::array::from_fn(|_| no_error());
    // SAFETY: zero is the default of every field.
    let mut list: batch::nc_batch = unsafe { std::mem::zeroed() };
    list.struct_size = size_of::<batch::nc_batch>();
    (list.n, list.src, list.src_nbytes) = (CHUNKS, src.as_ptr(), src_nbytes.as_ptr());
    (list.dst, list.dst_nbytes) = (dst.as_ptr(), dst_nbytes.as_ptr());
    (list.status, list.errors) = (status.as_mut_ptr(), errors.as_mut_ptr());
    let mut options = options(false);
    options.max_output = 0; // of the whole call: it would make the outcome of a chunk depend on the others
    options.nthreads = threads as i32;
    unsafe { batch::nc_decode_batch(codec.0, layout.0, layout.0, &list, &options, &mut no_error()) };
    assert_eq!(status[3], 0, "a chunk that is not there is zeros");
    for (i, chunk) in chunks.iter().enumerate().filter(|(i, _)| *i != 3) {
        let (mut alone, mut written, mut error) = (vec![0u8; room], 0, no_error());
        let expected = unsafe {
            numcodecs::capi::decode::nc_decode_into(
                codec.0,
                chunk.as_ptr().cast(),
                cut,
                raw(Some(&layout)),
                raw(Some(&layout)),
                alone.as_mut_ptr().cast(),
                room,
                &options,
                &mut written,
                &mut error,
            )
        };
        assert_eq!(status[i], expected, "chunk {i}");
        assert!(expected != 0 || all[i * room..(i + 1) * room] == alone[..], "chunk {i} differs");
    }
}
