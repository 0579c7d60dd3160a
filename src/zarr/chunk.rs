//! A pipeline that knows its chunk: whatever layout comes in is brought into that of the chunk, and decoding tells dtype and shape.

use crate::core::codec::Info;
use crate::core::conform::{Told, conform};
use crate::core::part::{Part, Put};
use crate::core::{ArrayRef, Call, Codec, Dtype, Error, Items, Layout, Result, Sink, convert};
use crate::pipeline::Pipeline;

/// Codec of one chunk of an array.
pub struct ChunkCodec {
    /// The decoded chunk.
    pub chunk: Layout,
    /// What it goes through.
    pub pipeline: Pipeline,
}

impl Codec for ChunkCodec {
    fn encode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let given = src.layout();
        if *given == self.chunk {
            return self.pipeline.encode(src, out);
        }
        let plain = given.items == Items::Fixed && given.dtype == Dtype::U1 && given.shape() == [self.chunk.nbytes()];
        if !plain {
            convert::check(given, &self.chunk)?;
        }
        if given.items != Items::Fixed {
            return Err(Error::unsupported(format!("items of variable length must come in {:?} order, as the chunk", self.chunk.order())));
        }
        if plain || convert::same_bytes(given, &self.chunk) {
            return self.pipeline.encode(&ArrayRef::fixed(&self.chunk, src.bytes()?)?, out);
        }
        let mut aside = out.call().reused(self.chunk.nbytes())?;
        convert::copy(src.bytes()?, given, &mut aside.bytes, &self.chunk)?;
        self.pipeline.encode(&ArrayRef::fixed(&self.chunk, &aside.bytes)?, out)
    }

    fn decode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let known = self.pipeline.decode(src, out)?;
        conform(known, Told::Chunk(&self.chunk))
    }

    fn encoded_bound(&self, _src: &Layout) -> Option<u64> {
        self.pipeline.encoded_bound(&self.chunk)
    }

    fn encoded_layout(&self, _src: &Layout) -> Result<Option<Layout>> {
        self.pipeline.encoded_layout(&self.chunk)
    }

    fn decoded_info(&self, src: &[u8]) -> Result<Info> {
        if self.chunk.items == Items::Fixed {
            return Ok(Info { nbytes: self.chunk.nbytes() as u64, layout: Some(self.chunk.clone()) });
        }
        self.pipeline.decoded_info(src).map(|info| Info { layout: Some(self.chunk.clone()), ..info })
    }

    fn partial(&self) -> bool {
        self.pipeline.partial()
    }

    fn decode_part(&self, src: &[u8], part: Part<'_>, call: Call<'_>, put: &mut Put<'_>) -> Result<()> {
        let chunk = conform(self.chunk.clone(), Told::Chunk(part.chunk))?;
        self.pipeline.decode_part(src, Part { chunk: &chunk, ..part }, call, put)
    }

    fn concurrent(&self) -> bool {
        self.pipeline.concurrent()
    }

    fn chunk(&self) -> Option<&Layout> {
        Some(&self.chunk)
    }

    fn lossy(&self) -> bool {
        self.pipeline.lossy()
    }
}
