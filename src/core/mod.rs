//! Types, errors and limits that every other room uses. No `unsafe`, no C type.

pub mod array;
pub mod call;
pub mod charset;
pub mod codec;
pub mod config;
pub mod conform;
pub mod convert;
pub mod dims;
pub mod dtype;
pub mod error;
pub mod exact;
pub mod json;
pub mod layout;
pub mod msgpack;
pub mod nested;
pub mod number;
pub mod number_text;
pub mod panic;
pub mod part;
pub mod pieces;
pub mod pool;
pub mod pyfloat;
pub mod scalar;
pub mod sink;
pub mod stream;
pub mod text;
pub mod time;
pub mod vlen;

pub use array::ArrayRef;
pub use call::Call;
pub use codec::{Codec, CodecDef};
pub use config::Config;
pub use dtype::{Class, Dtype};
pub use error::{Error, Kind, Result};
pub use layout::{Items, Layout, Order};
pub use sink::Sink;
