//! Filters and a compressor as one codec.

use serde_json::Value;

use crate::core::codec::Info;
use crate::core::conform::{Told, conform};
use crate::core::part::{self, Part, Put};
use crate::core::pool::Pool;
use crate::core::{ArrayRef, Call, Codec, Error, Kind, Layout, Order, Result, Sink};
use crate::registry::{self, Instance, Registry};

mod fused;
#[cfg(test)]
mod fused_tests;
mod run;

use run::Way;

/// Most codecs of one pipeline; hostile metadata could name millions.
pub const MAX_STAGES: usize = 64;

/// Codecs one after the other: filters in their order, then the compressor.
pub struct Pipeline {
    stages: Vec<Stage>,
    /// Pieces of filters that work at once.
    rooms: Pool<Vec<u8>>,
    /// What lies between stages.
    memory: Pool<Vec<u8>>,
}

/// One codec of a pipeline.
pub struct Stage {
    /// The codec.
    pub codec: Instance,
    /// The array that it encodes, where metadata tells; `None` = whatever the codec before gives.
    pub chunk: Option<Layout>,
}

/// Builds a codec from JSON text: one configuration, or a list of them for a pipeline.
pub fn from_json(json: &str, registry: Option<&Registry>) -> Result<Instance> {
    match registry::parse(json)? {
        Value::Array(list) => from_list(&list, registry),
        value => registry::from_value(&value, registry),
    }
}

/// Builds a pipeline from configurations.
pub fn from_list(list: &[Value], registry: Option<&Registry>) -> Result<Instance> {
    if list.len() > MAX_STAGES {
        return Err(Error::unsupported(format!("{} codecs in one pipeline, at most {MAX_STAGES} are possible", list.len())));
    }
    let stage = |(i, config): (usize, &Value)| {
        registry::from_value(config, registry).map_err(|error| {
            let dot = if error.details().path.is_empty() { "" } else { "." };
            error.in_stage(i).under(&format!("[{i}]{dot}"))
        })
    };
    let stages: Vec<Instance> = list.iter().enumerate().map(stage).collect::<Result<_>>()?;
    let config = Value::Array(stages.iter().map(|stage| stage.config().clone()).collect());
    let stages = stages.into_iter().map(|codec| Stage { codec, chunk: None }).collect();
    Ok(Instance::new("", config, Box::new(Pipeline::new(stages))))
}

impl Pipeline {
    /// Stages in the order of encoding.
    pub fn new(stages: Vec<Stage>) -> Self {
        Pipeline { stages, rooms: Pool::default(), memory: Pool::default() }
    }
}

impl Pipeline {
    /// In front of each stage, the last one included, the whole array and the box, which filters that work item by item leave in shape.
    fn encoded_boxes(&self, part: &Part<'_>) -> Result<Vec<(Layout, Layout)>> {
        let order = if part.chunk.order() == Order::F { Order::F } else { Order::C };
        let both = |dtype| {
            let whole = Layout::contiguous(dtype, part.chunk.shape(), order)?;
            Ok((whole, Layout::contiguous(dtype, part.want.shape(), order)?))
        };
        let mut boxes = vec![both(part.chunk.dtype)?];
        for (i, stage) in self.stages.iter().enumerate().take(self.stages.len().saturating_sub(1)) {
            let dtype = boxes.last().map_or(part.chunk.dtype, |(whole, _)| whole.dtype);
            let dtype = stage.chunk.as_ref().map_or(dtype, |chunk| chunk.dtype);
            let after = stage.codec.encoded_layout(&both(dtype)?.0).map_err(|error| named(error, i, stage))?;
            let after = after.filter(|after| after.count() == part.chunk.count());
            boxes.push(both(after.ok_or_else(|| named(Error::unsupported("it does not work item by item"), i, stage))?.dtype)?);
        }
        Ok(boxes)
    }
}

fn named(error: Error, position: usize, stage: &Stage) -> Error {
    error.in_codec(stage.codec.id()).in_stage(position)
}

impl Codec for Pipeline {
    fn encode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        self.run(Way::Encode, src, out)
    }

    fn decode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        self.run(Way::Decode, src, out)
    }

    /// Goes through the bounds of the stages; a result whose size varies is taken at its largest.
    fn encoded_bound(&self, src: &Layout) -> Option<u64> {
        let mut layout = src.clone();
        let mut bound = src.nbytes() as u64;
        for stage in &self.stages {
            let given = stage.chunk.as_ref().unwrap_or(&layout);
            bound = stage.codec.encoded_bound(given)?;
            layout = match stage.codec.encoded_layout(given).ok()? {
                Some(array) => array,
                None => Layout::bytes(usize::try_from(bound).ok()?),
            };
        }
        Some(bound)
    }

    fn encoded_layout(&self, src: &Layout) -> Result<Option<Layout>> {
        let mut layout = Some(src.clone());
        for (i, stage) in self.stages.iter().enumerate() {
            let Some(before) = layout else { return Ok(None) };
            let before = stage.chunk.as_ref().unwrap_or(&before);
            layout = stage.codec.encoded_layout(before).map_err(|e| named(e, i, stage))?;
        }
        Ok(layout)
    }

    fn decoded_info(&self, src: &[u8]) -> Result<Info> {
        match self.stages.as_slice() {
            [] => Ok(Info::nbytes(src.len() as u64)),
            [stage] => stage.codec.decoded_info(src).map_err(|e| named(e, 0, stage)),
            _ => Err(Error::new(Kind::UnknownSize, "only decoding tells what a pipeline of several codecs gives")),
        }
    }

    fn concurrent(&self) -> bool {
        self.stages.iter().all(|stage| stage.codec.concurrent())
    }

    fn partial(&self) -> bool {
        let Some((last, filters)) = self.stages.split_last() else { return false };
        last.codec.partial() && filters.iter().all(|stage| stage.codec.elementwise())
    }

    /// Filters that work item by item decode the box that the last codec gives.
    fn decode_part(&self, src: &[u8], part: Part<'_>, call: Call<'_>, put: &mut Put<'_>) -> Result<()> {
        let Some((last, filters)) = self.stages.split_last() else { return Err(Error::unsupported("bytes that stay as they are")) };
        let position = filters.len();
        if filters.is_empty() {
            return last.codec.decode_part(src, part, call, put).map_err(|error| named(error, position, last));
        }
        // A filter that could not encode such items may decode what is there.
        let Ok(boxes) = self.encoded_boxes(&part) else { return part::cut_out(self, src, part, call, put) };
        let (chunk, dense) = boxes.last().ok_or_else(|| Error::unsupported("no filters"))?;
        let mut held = self.hold(Way::Decode, call, |sink| {
            let room = sink.take(dense.nbytes())?;
            let mut place = |at: usize, run: &[u8]| room.get_mut(at..at + run.len()).into_iter().for_each(|room| room.copy_from_slice(run));
            let encoded = Part { chunk, start: part.start, want: dense };
            last.codec.decode_part(src, encoded, call, &mut place).map_err(|error| named(error, position, last))?;
            Ok(dense.clone())
        })?;
        for ((i, stage), (_, dense)) in filters.iter().enumerate().zip(&boxes).rev() {
            held = self.hold(Way::Decode, call, |sink| {
                let known = held.sink.array(&held.layout).and_then(|array| stage.codec.decode(&array, sink));
                known.and_then(|known| conform(known, Told::Chunk(dense))).map_err(|error| named(error, i, stage))
            })?;
        }
        let start = vec![0; part.start.len()];
        let whole = held.layout.clone();
        part::cut(held.sink.written(), Part { chunk: &whole, start: &start, want: part.want }, put)
    }

    fn lossy(&self) -> bool {
        self.stages.iter().any(|stage| stage.codec.lossy())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::call::Limits;
    use crate::core::{Dtype, Order};
    use crate::operation::{self, Source};

    fn build(json: &str) -> Instance {
        from_json(json, None).expect(json)
    }

    fn refused(json: &str) -> Error {
        from_json(json, None).err().expect(json)
    }

    fn encode(json: &str, layout: &Layout, src: &[u8]) -> Result<(Layout, Vec<u8>)> {
        let limits = Limits::default();
        let mut out = Sink::owned(Call::new(&limits, None));
        let layout = operation::encode(&build(json), &Source::Fixed(layout, src), &mut out)?;
        Ok((layout, out.into_parts().0))
    }

    fn decode(json: &str, src: &[u8], limits: &Limits) -> Result<Vec<u8>> {
        let mut out = Sink::owned(Call::new(limits, None));
        operation::decode(&build(json), src, None, None, &mut out)?;
        Ok(out.into_parts().0)
    }

    const HDF5: &str = r#"[{"id": "shuffle", "elementsize": 2}, {"id": "crc32"}, {"id": "zlib"}]"#;

    #[test]
    fn stages_run_in_order_and_back() {
        let src: Vec<u8> = (0..200).collect();
        let mut step = (Layout::bytes(200), src.clone());
        for id in [r#"[{"id": "shuffle", "elementsize": 2}]"#, r#"{"id": "crc32"}"#, r#"{"id": "zlib"}"#] {
            step = encode(id, &Layout::bytes(step.1.len()), &step.1).expect("encodes");
        }
        let (_, whole) = encode(HDF5, &Layout::bytes(200), &src).expect("encodes");
        assert_eq!(whole, step.1);
        assert_eq!(decode(HDF5, &whole, &Limits::default()).ok(), Some(src.clone()));
        assert_eq!(encode("[]", &Layout::bytes(200), &src).expect("encodes").1, src);
        assert_eq!(decode("[]", &src, &Limits::default()).ok(), Some(src));
    }

    #[test]
    fn a_stage_sees_dtype_and_shape_of_the_one_before() {
        let json = r#"[{"id": "quantize", "digits": 1, "dtype": "<f8", "astype": "<f4"}, {"id": "bitround", "keepbits": 3}]"#;
        let chunk = Layout::contiguous(Dtype::parse("<f8").expect("dtype"), &[2, 3], Order::F).expect("layout");
        let (layout, bytes) = encode(json, &chunk, &[0; 48]).expect("bitround takes the f4 of quantize");
        assert_eq!((layout.dtype.to_string().as_str(), layout.shape(), layout.order(), bytes.len()), ("<i4", &[2, 3][..], Order::F, 24));
        let codec = build(json);
        assert_eq!(codec.encoded_layout(&chunk).ok(), Some(Some(layout)));
        assert_eq!(codec.encoded_bound(&chunk), Some(24));
        assert!(codec.lossy() && !build(HDF5).lossy());
    }

    #[test]
    fn a_box_comes_out_where_the_whole_does() {
        let values: Vec<u8> = (0..48).collect();
        let (_, stored) = encode(r#"{"id": "blosc", "typesize": 4}"#, &Layout::bytes(48), &values).expect("encodes");
        let codec = build(r#"[{"id": "bitround", "keepbits": 24}, {"id": "blosc"}]"#);
        let f4 = |shape: &[usize]| Layout::contiguous(Dtype::parse("<f4").expect("dtype"), shape, Order::C).expect("layout");
        let limits = Limits::default();
        let mut out = Sink::owned(Call::new(&limits, None));
        operation::decode_box(&codec, &stored, &f4(&[3, 4]), &[1, 3], &f4(&[2, 1]), &mut out).expect("no float has 24 bits to keep");
        assert_eq!(out.into_parts().0, [28, 29, 30, 31, 44, 45, 46, 47]);
    }

    #[test]
    fn errors_name_stage_codec_and_path() {
        let error = refused(r#"[{"id": "crc32"}, {"id": "zlib", "level": "high"}]"#);
        let details = error.details();
        assert_eq!((details.path.as_str(), details.codec.as_str(), details.stage), ("[1].level", "zlib", Some(1)));
        assert_eq!(refused(r#"[{"id": "crc32"}, 7]"#).details().path, "[1]");
        assert_eq!(refused(r#"[{"id": "crc32"}, [{"id": "zlib"}]]"#).details().path, "[1]");
        assert_eq!(refused(&format!("[{}{{}}]", "{\"id\": \"crc32\"},".repeat(64))).kind(), Kind::Unsupported);

        let (_, mut stored) = encode(r#"[{"id": "shuffle"}, {"id": "crc32"}]"#, &Layout::bytes(8), &[7; 8]).expect("encodes");
        stored[9] ^= 1;
        let (_, packed) = encode(r#"{"id": "zlib"}"#, &Layout::bytes(12), &stored).expect("encodes");
        let error = decode(HDF5, &packed, &Limits::default()).expect_err("a flipped bit");
        let details = error.details();
        assert_eq!((details.kind, details.codec.as_str(), details.stage), (Kind::Checksum, "crc32", Some(1)));
    }

    #[test]
    fn what_lies_between_stages_is_counted_and_bounded() {
        let (_, packed) = encode(HDF5, &Layout::bytes(1 << 20), &vec![0; 1 << 20]).expect("encodes");
        assert_eq!(decode(HDF5, &packed, &Limits::new(None, Some(2 << 20))).map_err(|e| e.kind()).err(), Some(Kind::Limit));
        assert!(decode(HDF5, &packed, &Limits::new(Some(1 << 20), Some(5 << 20))).is_ok());
        let error = decode(HDF5, &packed, &Limits::new(Some(1000), None)).expect_err("a bomb behind a filter");
        assert_eq!((error.kind(), error.details().stage), (Kind::Limit, Some(2)));
    }

    #[test]
    fn prints_every_stage_in_full() {
        let printed = build(r#"[{"id": "shuffle"}, {"level": 3, "id": "zlib"}]"#).config().to_string();
        assert_eq!(printed, r#"[{"id":"shuffle","elementsize":4},{"id":"zlib","level":3}]"#);
    }
}
