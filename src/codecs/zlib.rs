//! `zlib`: one RFC 1950 stream. Bytes after it are ignored, as Python does, or refused in strict mode.
#![forbid(unsafe_code)]

use crate::core::error::Error;
use crate::core::pool::Pool;
use crate::core::{ArrayRef, Codec, CodecDef, Config, Layout, Result, Sink, stream};
use crate::sys::zlib::{self, Deflater, Inflater, Wrap};

/// Table entry.
pub const DEF: CodecDef = CodecDef { id: "zlib", make };

struct Zlib {
    level: i32,
    deflaters: Pool<Deflater>,
    inflaters: Pool<Inflater>,
}

fn make(config: &mut Config<'_>) -> Result<Box<dyn Codec>> {
    let level = config.integer("level", 1, -1..=9)? as i32;
    Ok(Box::new(Zlib { level, deflaters: Pool::default(), inflaters: Pool::default() }))
}

impl Codec for Zlib {
    fn encode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let src = src.bytes()?;
        let mut deflater = self.deflaters.get(|| Deflater::new(self.level, Wrap::Zlib))?;
        let _memory = out.call().charge(zlib::DEFLATE_MEMORY)?;
        deflater.reset();
        out.prepare(zlib::bound(src.len() as u64) as usize);
        stream::run(&mut *deflater, src, out)?;
        Ok(Layout::bytes(out.len()))
    }

    fn decode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let src = src.bytes()?;
        let mut inflater = self.inflaters.get(|| Inflater::new(Wrap::Zlib))?;
        let _memory = out.call().charge(zlib::INFLATE_MEMORY)?;
        inflater.reset();
        out.prepare(src.len().saturating_mul(3));
        let used = stream::run(&mut *inflater, src, out)?;
        if out.call().strict() && used < src.len() {
            return Err(Error::data(format!("{} bytes follow the end of the stream", src.len() - used)).at(used));
        }
        Ok(Layout::bytes(out.len()))
    }

    fn encoded_bound(&self, src: &Layout) -> Option<u64> {
        Some(zlib::bound(src.nbytes() as u64))
    }
}
