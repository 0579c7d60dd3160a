//! MessagePack as Python's `msgpack` package reads and writes it: smallest forms, no extension types.

pub mod read;
pub mod write;

pub use read::{Reader, Token};
pub use write::{Style, Writer};

use super::error::{Error, Result};

/// Most lists and maps within each other that the package reads.
pub const MAX_DEPTH: usize = 1024;

/// What is asked of values that are taken over.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// Text is any bytes, and becomes bytes.
    pub raw: bool,
    /// Map keys are text or bytes, the only ones the package reads.
    pub plain_keys: bool,
    /// Lists and maps around the value.
    pub depth: usize,
}

/// Reads one value and writes it in its smallest form. Does not recurse.
pub fn copy(from: &mut Reader<'_>, to: &mut Writer<'_, '_, '_>, rules: Rules, open: &mut Vec<Open>) -> Result<()> {
    open.clear();
    loop {
        let is_key = open.last_mut().is_some_and(Open::next);
        let at = from.at();
        let token = from.token()?;
        check_key(&token, is_key, rules).map_err(|e| e.at(at))?;
        let children = match token {
            Token::List(n) => n,
            Token::Map(n) => 2 * n,
            _ => 0,
        };
        let map = matches!(token, Token::Map(_));
        to.token(token, rules.raw).map_err(|e| if e.kind() == super::Kind::Data { e.at(at) } else { e })?;
        if children > 0 {
            if open.len() + rules.depth >= MAX_DEPTH {
                return Err(Error::data(format!("more than {MAX_DEPTH} lists and maps within each other")).at(at));
            }
            open.try_reserve(1).map_err(|_| Error::memory(size_of::<Open>() as u64))?;
            open.push(Open { left: children, map });
        }
        while open.last().is_some_and(|innermost| innermost.left == 0) {
            open.pop();
        }
        if open.is_empty() {
            return Ok(());
        }
    }
}

/// A list or map that is not complete yet.
#[derive(Clone, Copy, Debug)]
pub struct Open {
    left: usize,
    map: bool,
}

impl Open {
    /// Counts one more child; whether it is a key.
    fn next(&mut self) -> bool {
        let is_key = self.map && self.left.is_multiple_of(2);
        self.left -= 1;
        is_key
    }
}

fn check_key(token: &Token<'_>, is_key: bool, rules: Rules) -> Result<()> {
    let refused = match token {
        Token::Text(_) | Token::Bytes(_) => false,
        Token::List(_) | Token::Map(_) => true,
        _ => rules.plain_keys,
    };
    if is_key && refused {
        return Err(Error::data(format!("a map key is {}, only text and bytes are read", token.name())));
    }
    Ok(())
}
