//! `json`: the layout before `json2`, without a shape. Numcodecs has not had it since 0.7, so it is built only where it is asked for
//! by name; the shape is found as NumPy found it then, from lists of equal lengths.
#![forbid(unsafe_code)]

use crate::core::call::Charge;
use crate::core::json::{Node, Reader, Style, Tape, read};
use crate::core::layout::MAX_NDIM;
use crate::core::{ArrayRef, Call, Codec, CodecDef, Config, Error, Layout, Result, Sink};

use super::json_text::{self, Target};
use super::json2::Settings;

/// Table entry.
pub const DEF: CodecDef = CodecDef { id: "json", make };

struct Json(Settings);

fn make(config: &mut Config<'_>) -> Result<Box<dyn Codec>> {
    Ok(Box::new(Json(Settings::read(config)?)))
}

impl Codec for Json {
    fn encode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        if src.layout().shape().is_empty() {
            return Err(Error::shape("an array without dimensions has no form in this layout"));
        }
        self.0.encode(src, false, out)
    }

    fn decode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        self.0.decode(src, out, read_unshaped)
    }
}

fn read_unshaped(text: &[u8], options: read::Options, out: &mut Sink<'_>) -> Result<Layout> {
    let call = out.call();
    let mut tape = Tape::new(call);
    let mut reader = Reader::new(text, 0, options, call);
    reader.value(&mut tape)?;
    reader.end()?;
    let (mut items, memory) = match tape.node(0) {
        Some(Node::List(_)) => children(&call, &tape, [0].iter())?,
        _ => call.list(0)?,
    };
    let dtype = match items.pop().and_then(|last| tape.node(last)) {
        Some(Node::Text(span)) => json_text::parse_dtype(tape.bytes(text, span))?,
        _ => return Err(Error::data("not a JSON list that ends with a dtype")),
    };
    let (shape, leaves, _memory) = regular(&call, &tape, (items, memory))?;
    let layout = json_text::layout(dtype, &shape)?;
    let style = Style::compact();
    let mut target = Target::new(text, &layout, &style, out)?;
    leaves.into_iter().try_for_each(|leaf| target.write(&tape, leaf))?;
    Ok(layout)
}

/// Values, and what counts the memory of their list.
type Values<'a> = (Vec<usize>, Charge<'a>);

/// Follows lists of equal lengths down: the shape, and the values at the bottom.
fn regular<'a>(call: &Call<'a>, tape: &Tape<'_>, (mut values, mut memory): Values<'a>) -> Result<(Vec<usize>, Vec<usize>, Charge<'a>)> {
    let mut shape = vec![values.len()];
    while shape.len() < MAX_NDIM && !values.is_empty() && values.iter().all(|at| matches!(tape.node(*at), Some(Node::List(_)))) {
        let mut lengths = values.iter().map(|at| count(tape, *at));
        let length = lengths.next().unwrap_or(0);
        if !lengths.all(|other| other == length) {
            break;
        }
        shape.push(length);
        (values, memory) = children(call, tape, values.iter())?;
    }
    Ok((shape, values, memory))
}

fn count(tape: &Tape<'_>, list: usize) -> usize {
    elements(tape, list).count()
}

fn elements<'t>(tape: &'t Tape<'_>, list: usize) -> impl Iterator<Item = usize> + 't {
    let end = tape.after(list);
    std::iter::successors(Some(list + 1), |at| Some(tape.after(*at))).take_while(move |at| *at < end)
}

fn children<'a, 'l>(call: &Call<'a>, tape: &Tape<'_>, lists: impl Iterator<Item = &'l usize> + Clone) -> Result<Values<'a>> {
    let total = lists.clone().map(|list| count(tape, *list)).sum::<usize>();
    let (mut all, memory) = call.list(total)?;
    all.extend(lists.flat_map(|list| elements(tape, *list)));
    Ok((all, memory))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{decode, decode_items};
    use crate::core::Kind;

    const CODEC: &str = r#"{"id":"json"}"#;

    #[test]
    fn the_shape_is_that_of_the_equal_lists() {
        for (text, shape, count) in [
            (r#"["a",["b"],"|O"]"#, &[2][..], 2),
            (r#"[["a",1],["b",NaN],"|O"]"#, &[2, 2], 4),
            (r#"[[1],[1,2],"|O"]"#, &[2], 2),
            (r#"[[],[],"|O"]"#, &[2, 0], 0),
            (r#"["|O"]"#, &[0], 0),
        ] {
            assert_eq!(decode(CODEC, text.as_bytes()).map(|d| d.0.shape().to_vec()).ok().as_deref(), Some(shape), "{text}");
            assert_eq!(decode_items(CODEC, text.as_bytes()).map(|items| items.len()).ok(), Some(count));
        }
        let (layout, bytes, _) = decode(CODEC, br#"[[1,2],[3,4],">i2"]"#).expect("decodes");
        assert_eq!((layout.shape(), bytes), (&[2, 2][..], vec![0, 1, 0, 2, 0, 3, 0, 4]));
    }

    #[test]
    fn what_has_no_dtype_or_no_regular_shape_is_refused() {
        for bad in ["", "1", "{}", "[]", "[1,2]", r#"[1,"zz"]"#, r#"[[1],[2,3],"<i4"]"#] {
            assert_eq!(decode(CODEC, bad.as_bytes()).map(|_| ()).map_err(|e| e.kind()), Err(Kind::Data), "{bad}");
        }
    }
}
