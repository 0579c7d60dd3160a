use super::super::testing::{build, decode, decode_items, encode, encode_fixed, encode_items};
use super::*;
use crate::core::Dtype;
use crate::core::call::{Call, Limits};

const CODEC: &str = r#"{"id":"pickle"}"#;

/// `pickle.dumps(np.array(['é\\', None, 1, b'\xff', True, 1.5, [-1], {'k': 2**40}], object), p)` of NumPy 2.5 for p = 0, 2, 4.
const OBJECTS: [&[u8]; 3] = [
    b"cnumpy._core.multiarray\n_reconstruct\np0\n(cnumpy\nndarray\np1\n(I0\ntp2\nc_codecs\nencode\np3\n(Vb\np4\nVlatin1\np5\ntp6\nRp7\n\
      tp8\nRp9\n(I1\n(I8\ntp10\ncnumpy\ndtype\np11\n(VO8\np12\nI00\nI01\ntp13\nRp14\n(I3\nV|\np15\nNNNI-1\nI-1\nI63\ntp16\nbI00\n(lp17\n\
      V\xe9\\u005c\np18\naNaI1\nag3\n(V\xff\np19\ng5\ntp20\nRp21\naI01\naF1.5\na(lp22\nI-1\naa(dp23\nVk\np24\nL1099511627776L\nsatp25\nb.",
    b"\x80\x02cnumpy._core.multiarray\n_reconstruct\nq\x00cnumpy\nndarray\nq\x01K\x00\x85q\x02c_codecs\nencode\nq\x03X\x01\x00\x00\x00b\
      q\x04X\x06\x00\x00\x00latin1q\x05\x86q\x06Rq\x07\x87q\x08Rq\t(K\x01K\x08\x85q\ncnumpy\ndtype\nq\x0bX\x02\x00\x00\x00O8q\x0c\x89\x88\
      \x87q\rRq\x0e(K\x03X\x01\x00\x00\x00|q\x0fNNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK?tq\x10b\x89]q\x11(X\x03\x00\x00\x00\xc3\xa9\\q\x12\
      NK\x01h\x03X\x02\x00\x00\x00\xc3\xbfq\x13h\x05\x86q\x14Rq\x15\x88G?\xf8\x00\x00\x00\x00\x00\x00]q\x16J\xff\xff\xff\xffa}q\x17X\x01\
      \x00\x00\x00kq\x18\x8a\x06\x00\x00\x00\x00\x00\x01setq\x19b.",
    b"\x80\x04\x95\xb8\x00\x00\x00\x00\x00\x00\x00\x8c\x16numpy._core.multiarray\x94\x8c\x0c_reconstruct\x94\x93\x94\x8c\x05numpy\x94\x8c\
      \x07ndarray\x94\x93\x94K\x00\x85\x94C\x01b\x94\x87\x94R\x94(K\x01K\x08\x85\x94h\x03\x8c\x05dtype\x94\x93\x94\x8c\x02O8\x94\x89\x88\
      \x87\x94R\x94(K\x03\x8c\x01|\x94NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK?t\x94b\x89]\x94(\x8c\x03\xc3\xa9\\\x94NK\x01C\x01\xff\x94\x88\
      G?\xf8\x00\x00\x00\x00\x00\x00]\x94J\xff\xff\xff\xffa}\x94\x8c\x01k\x94\x8a\x06\x00\x00\x00\x00\x00\x01set\x94b.",
];

/// The same items as MessagePack.
const ITEMS: [&[u8]; 8] = [
    b"\xa3\xc3\xa9\\",
    b"\xc0",
    b"\x01",
    b"\xc4\x01\xff",
    b"\xc3",
    b"\xcb\x3f\xf8\0\0\0\0\0\0",
    b"\x91\xff",
    b"\x81\xa1k\xcf\0\0\x01\0\0\0\0\0",
];

/// The head of an object array of one item in a list that is open, for what comes next.
const HEAD: &[u8] = b"\x80\x04cnumpy\nndarray\n((K\0ttR(K\x01(K\x01tcnumpy\ndtype\n(\x8c\x02|OtR\x89](";

fn one_item(item: &[u8]) -> Result<Vec<Vec<u8>>> {
    decode_items(CODEC, &[HEAD, item, b"etb."].concat())
}

fn protocol(number: i8) -> String {
    format!(r#"{{"id":"pickle","protocol":{number}}}"#)
}

fn refusal(src: &[u8]) -> String {
    decode(CODEC, src).expect_err("refused").to_string()
}

#[test]
fn object_arrays_of_every_protocol_are_read() {
    for src in OBJECTS {
        assert_eq!(decode_items(CODEC, src).expect("decodes"), ITEMS);
        for cut in 0..src.len() {
            assert!(decode(CODEC, &src[..cut]).is_err(), "cut to {cut}");
        }
    }
}

#[test]
fn arrays_with_a_state_come_in_the_byte_order_of_the_machine_as_in_numpy() {
    // pickle.dumps(np.array([1, 2], '>i2'), 2)
    let src = b"\x80\x02cnumpy._core.multiarray\n_reconstruct\nq\x00cnumpy\nndarray\nq\x01K\x00\x85q\x02c_codecs\nencode\nq\x03X\x01\x00\
        \x00\x00bq\x04X\x06\x00\x00\x00latin1q\x05\x86q\x06Rq\x07\x87q\x08Rq\t(K\x01K\x02\x85q\ncnumpy\ndtype\nq\x0bX\x02\x00\x00\x00i2\
        q\x0c\x89\x88\x87q\rRq\x0e(K\x03X\x01\x00\x00\x00>q\x0fNNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tq\x10b\x89h\x03X\x04\x00\x00\x00\
        \x00\x01\x00\x02q\x11h\x05\x86q\x12Rq\x13tq\x14b.";
    let (layout, bytes, _) = decode(CODEC, src).expect("decodes");
    assert_eq!(layout, Layout::flat(Dtype::native(Class::Int, 2), 2));
    assert_eq!(bytes, [1i16, 2].map(i16::to_ne_bytes).concat());
    let info = build(CODEC).and_then(|codec| codec.decoded_info(src)).expect("tells");
    assert_eq!((info.nbytes, info.layout), (4, Some(layout)));
}

#[test]
fn buffers_keep_order_and_give_up_other_transpositions() {
    let array = |shape: &[u8], data: &[u8], order: &[u8]| {
        let head = b"\x80\x05\x8c\x13numpy._core.numeric\x94\x8c\x0b_frombuffer\x93(";
        let data = [&b"\x96"[..], &(data.len() as u64).to_le_bytes(), data].concat();
        let dtype = b"\x8c\x05numpy\x8c\x05dtype\x93\x8c\x02u1\x89\x88\x87R";
        [head, data.as_slice(), dtype, shape, order, b"tR."].concat()
    };
    let fortran = array(b"K\x02K\x03\x86", &[1, 4, 2, 5, 3, 6], b"\x8c\x01F");
    let (layout, bytes, _) = decode(CODEC, &fortran).expect("decodes");
    assert_eq!((layout.shape(), layout.order(), bytes), (&[2, 3][..], Order::F, vec![1, 4, 2, 5, 3, 6]));
    // np.arange(12).reshape(2, 2, 3).transpose(1, 0, 2)
    let turned = |axes: &[u8]| array(b"K\x02K\x02K\x03\x87", &(0..12).collect::<Vec<u8>>(), &[b"\x8c\x01K", axes].concat());
    let (layout, bytes, _) = decode(CODEC, &turned(b"K\x01K\0K\x02\x87")).expect("decodes");
    assert_eq!((layout.shape(), layout.order()), (&[2, 2, 3][..], Order::C));
    assert_eq!(bytes, [0, 1, 2, 6, 7, 8, 3, 4, 5, 9, 10, 11]);
    assert!(decode(CODEC, &turned(b"K\x01K\x01K\x02\x87")).is_err());
    assert!(decode(CODEC, &array(b"K\x02K\x04\x86", &[0; 6], b"\x8c\x01C")).is_err());
}

#[test]
fn what_we_write_is_what_numpy_was_seen_to_load() {
    // Both loaded by NumPy 1.26 and 2.5.
    let expected = b"\x80\x05cnumpy\nndarray\n((K\x02tcnumpy\ndtype\n(\x8c\x03>i2tR\x96\x04\0\0\0\0\0\0\0\0\x01\0\x02tR.";
    assert_eq!(encode_fixed(CODEC, ">i2", &[2], &[0, 1, 0, 2]).expect("encodes"), expected);
    let expected = b"cnumpy\nndarray\n((I0\nttR(I1\n(I2\ntcnumpy\ndtype\n(V|u1\ntRI00\nc_codecs\nencode\n(V\\u005c\xff\nVlatin1\ntRtb.";
    assert_eq!(encode_fixed(&protocol(0), "|u1", &[2], b"\\\xff").expect("encodes"), expected);
}

#[test]
fn every_protocol_comes_back() {
    for number in [-1, 0, 1, 2, 3, 4, 5] {
        let config = protocol(number);
        // Arrays with a state come back in the byte order of the machine.
        for (dtype, size) in [("|b1", 1), ("i8", 8), ("f2", 2), ("c16", 16), ("M8[25s]", 8), ("|S3", 3), ("U2", 8), ("|V5", 5), ("|S0", 0)]
        {
            for shape in [&[][..], &[7], &[2, 0], &[2, 1, 3]] {
                let src: Vec<u8> = (0..shape.iter().product::<usize>() * size).map(|i| (i * 37) as u8).collect();
                let encoded = encode_fixed(&config, dtype, shape, &src).expect("encodes");
                let layout = Layout::contiguous(Dtype::parse(dtype).expect("dtype"), shape, Order::C).expect("layout");
                let bound = build(&config).ok().and_then(|codec| codec.encoded_bound(&layout));
                assert!(bound.is_some_and(|bound| encoded.len() as u64 <= bound), "{config} {dtype} {shape:?}");
                let (found, bytes, _) = decode(&config, &encoded).expect("decodes");
                assert_eq!((found, bytes), (layout, src), "{config} {dtype}");
            }
        }
        assert_eq!(decode_items(&config, &encode_items(&config, Items::Msgpack, "|O", &ITEMS).expect("encodes")).expect("decodes"), ITEMS);
        let texts: [&[u8]; 3] = ["a\n\\u0041\u{1f4a9}\0".as_bytes(), b"", "\u{e9}\r\u{1a}'".as_bytes()];
        let text = |i: usize| [&[0xa0 | texts[i].len() as u8][..], texts[i]].concat();
        assert_eq!(
            decode_items(&config, &encode_items(&config, Items::Utf8, "|O", &texts).expect("encodes")).expect("decodes"),
            [text(0), text(1), text(2)]
        );
        let bytes = encode_items(&config, Items::Bytes, "|O", &[b"\\\n\xff", b""]).expect("encodes");
        assert_eq!(decode_items(&config, &bytes).expect("decodes"), [&b"\xc4\x03\\\n\xff"[..], b"\xc4\0"]);
    }
}

#[test]
fn integers_of_every_width_come_back() {
    let numbers: Vec<i128> = (0..64).flat_map(|bit| [1i128 << bit, (1 << bit) - 1, -(1 << bit), -(1 << bit) - 1]).collect();
    let in_range = numbers.iter().filter(|n| **n >= i64::MIN.into());
    let items: Vec<Vec<u8>> = in_range
        .map(|n| {
            let wide = if *n < 0 { [&[0xd3][..], &(*n as i64).to_be_bytes()] } else { [&[0xcf][..], &(*n as u64).to_be_bytes()] };
            wide.concat()
        })
        .collect();
    let items: Vec<&[u8]> = items.iter().map(Vec::as_slice).collect();
    let other = r#"{"id":"msgpack2"}"#;
    let encoded = encode_items(other, Items::Msgpack, "|O", &items).expect("encodes");
    let smallest = decode_items(other, &encoded).expect("decodes");
    for number in 0..=5 {
        let encoded = encode_items(&protocol(number), Items::Msgpack, "|O", &items).expect("encodes");
        assert_eq!(decode_items(CODEC, &encoded).expect("decodes"), smallest, "protocol {number}");
    }
}

#[test]
fn f_order_keeps_fixed_items_as_they_lie_and_lists_objects_by_index() {
    let fixed = Layout::contiguous(Dtype::U1, &[2, 3], Order::F).expect("layout");
    let objects = Layout::new(Dtype::OBJECT, Items::Msgpack, &[2, 2], None, Order::F).expect("layout");
    for number in [2, 5] {
        let encoded = encode(&protocol(number), &ArrayRef::fixed(&fixed, &[1, 4, 2, 5, 3, 6]).expect("array")).expect("encodes");
        let (layout, bytes, _) = decode(CODEC, &encoded).expect("decodes");
        assert_eq!((layout.order(), bytes), (Order::F, vec![1, 4, 2, 5, 3, 6]));
        let items: [&[u8]; 4] = [b"\x01", b"\x03", b"\x02", b"\x04"];
        let encoded = encode(&protocol(number), &ArrayRef::apart(&objects, &items).expect("array")).expect("encodes");
        assert_eq!(decode_items(CODEC, &encoded).expect("decodes"), [[1], [2], [3], [4]]);
    }
}

#[test]
fn everything_but_arrays_is_refused_by_its_name() {
    for (src, name) in [
        (&b"cos\nsystem\n(Vtrue\ntR."[..], "os.system"),
        (b"\x80\x04\x8c\x05posix\x8c\x06system\x93.", "posix.system"),
        (b"(Vtrue\nios\nsystem\n.", "os.system"),
        (b"cbuiltins\neval\n.", "builtins.eval"),
        (b"cnumpy\nmatrix\n.", "numpy.matrix"),
        (b"cnumpy\nndarray\n)\x81.", "0x81"),
        (b"\x80\x04\x8f.", "a set"),
        (b"Pid\n.", "a persistent id"),
        (b"\x80\x02\x82\x01.", "an extension code"),
        (b"\x80\x05\x97.", "a buffer"),
        (b"]K\x01b.", "state for a list"),
        (b"](K\x01e.", "holds a list"),
        (b"\x80\x06N.", "protocol 6"),
    ] {
        let text = refusal(src);
        assert!(text.contains(name), "{name}: {text}");
    }
}

#[test]
fn values_without_a_form_are_named() {
    for (item, name) in [
        (&b"\x8a\x09\0\0\0\0\0\0\0\0\x01"[..], "64 bits"),
        (b"\x8a\x20................................", "64 bits"),
        (b"K\x01\x85", "a tuple"),
        (b"\x96\0\0\0\0\0\0\0\0", "a bytearray"),
        (b"\x8c\x03\xed\xa0\x80", "surrogate"),
        (b"cnumpy\ndtype\n", "a function"),
        (b"}(]K\x01u", "a list"),
    ] {
        let text = one_item(item).expect_err(name).to_string();
        assert!(text.contains(name) && text.contains("item 0"), "{name}: {text}");
    }
    // np.float32(1.5) becomes a plain float.
    let scalar = b"cnumpy.core.multiarray\nscalar\n(cnumpy\ndtype\n(\x8c\x03<f4tRC\x04\0\0\xc0\x3ftR";
    assert_eq!(one_item(scalar).expect("decodes"), [b"\xcb\x3f\xf8\0\0\0\0\0\0"]);
}

#[test]
fn values_that_hold_each_other_end() {
    let own = one_item(b"]q\0h\0a").expect_err("a list that holds itself").to_string();
    assert!(own.contains("within each other"), "{own}");
    let mut laughs = b"](K\x01K\x01eq\0".to_vec();
    (0u8..40).for_each(|i| laughs.extend([b'0', b']', b'(', b'h', i, b'h', i, b'e', b'q', i + 1]));
    let text = one_item(&laughs).expect_err("2^40 values").to_string();
    assert!(text.contains("unfold") || text.contains("max_output"), "{text}");
    // One list shared twice is plain data.
    assert_eq!(one_item(b"](](K\x01eq\0h\0e").expect("decodes"), [b"\x92\x91\x01\x91\x01"]);
}

#[test]
fn claims_are_not_believed() {
    for src in [
        &b"\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\xffN."[..],
        b"\x8e\xff\xff\xff\xff\xff\xff\xff\xff.",
        b"Nr\xff\xff\xff\xff.",
        b"h\x01.",
        b"t.",
        b"R.",
        b"(N",
        b"\x85.",
        b"I1_0\n.",
        b"F1,5\n.",
        b"VAB\\u00\n.",
        b"cnumpy\nndarray\n((K\0ttR.",
        b"\x80\x02cnumpy\nndarray\n((K\0ttR(K\x01(J\xff\xff\xff\x7fJ\xff\xff\xff\x7ftcnumpy\ndtype\n(X\x03\0\0\0<f8tR\x89C\0tb.",
        b"\x80\x02cnumpy\nndarray\n((K\0ttR(K\x01(K\x02tcnumpy\ndtype\n(X\x02\0\0\0|OtR\x89]tb.",
        b"\x80\x02cnumpy\nndarray\n((K\0ttR(K\x01(K\x01tcnumpy\ndtype\n(X\x02\0\0\0|OtR\x89C\x0800000000tb.",
    ] {
        let error = decode(CODEC, src).expect_err("refused");
        assert!(matches!(error.kind(), Kind::Data | Kind::Unsupported), "{error}");
    }
}

#[test]
fn bytes_after_the_pickle_are_refused_in_strict_mode_only() {
    let src = [encode_fixed(CODEC, "|u1", &[1], &[7]).expect("encodes"), vec![b'.']].concat();
    assert_eq!(decode(CODEC, &src).expect("let pass").1, [7]);
    let (mut limits, layout) = (Limits::default(), Layout::bytes(src.len()));
    limits.strict = true;
    let array = ArrayRef::fixed(&layout, &src).expect("bytes");
    let refused = build(CODEC).and_then(|codec| codec.decode(&array, &mut Sink::owned(Call::new(&limits, None))));
    assert_eq!(refused.expect_err("strict").details().offset, Some(src.len() as u64 - 1));
}

#[test]
fn refuses_protocols_and_items_that_it_does_not_have() {
    for config in [r#"{"id":"pickle","protocol":6}"#, r#"{"id":"pickle","protocol":"5"}"#, r#"{"id":"pickle","protocol":2.0}"#] {
        assert_eq!(build(config).err().map(|e| e.details().path.clone()).as_deref(), Some("protocol"), "{config}");
    }
    assert_eq!(encode_items(CODEC, Items::Json, "|O", &[b"1"]).map_err(|e| e.kind()), Err(Kind::Dtype));
    assert_eq!(encode_items(CODEC, Items::Utf8, "|O", &[b"\xff"]).map_err(|e| e.kind()), Err(Kind::Data));
    assert_eq!(encode_items(CODEC, Items::Msgpack, "|O", &[b"\x92\x01"]).map_err(|e| e.kind()), Err(Kind::Data));
    assert_eq!(encode_items(CODEC, Items::Msgpack, "|O", &[b"\x81\x90\x01"]).map_err(|e| e.kind()), Err(Kind::Data));
}
