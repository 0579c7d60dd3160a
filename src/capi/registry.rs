//! Registries: codecs of the caller.

use std::ffi::{CString, c_char, c_void};
use std::ptr::null_mut;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::buffer::nc_buffer;
use super::layout::nc_layout;
use super::types::{nc_error, nc_status};
use super::{boundary, bytes, free, give, options, out, required, string, text};
use crate::core::array::ArrayRef;
use crate::core::codec::Codec;
use crate::core::error::{Error, Kind, Result};
use crate::core::layout::Layout;
use crate::core::sink::Sink;
use crate::registry::{Factory, Registry};

/// The codecs that configurations may name: built-in ones and the caller's own. Built up by one thread, then shared by any number.
pub struct nc_registry {
    pub(super) registry: Registry,
}

/// A codec of the caller: functions and a pointer of its own. The functions run on threads that call nc_encode or nc_decode, must return
/// normally (no longjmp, no C++ exception), report through err (never NULL, already cleared: message, path, offset and needed reach the
/// caller of nc_encode or nc_decode) and return a status; a number that is not a NUMCODECS_ERR_ counts as NUMCODECS_ERR_CALLBACK. What
/// they are handed is lent for the call. Set struct_size to sizeof(nc_custom_codec).
#[repr(C)]
#[derive(Clone, Copy)]
pub struct nc_custom_codec {
    /// sizeof(nc_custom_codec) as the caller was compiled.
    pub struct_size: usize,
    /// The "id" of configurations; copied.
    pub id: *const c_char,
    /// First argument of make and free_user.
    pub user: *mut c_void,
    /// Not 0: encode and decode may run on several threads at once on one codec. 0: only ever on threads that the caller runs itself,
    /// in batches too; the caller then takes care not to share such a codec between them.
    pub concurrent: i32,
    /// 0.
    pub reserved: i32,
    /// Builds a codec from its whole configuration, as NUL-terminated JSON text; sets *self, of which nothing is freed if it fails.
    pub make:
        Option<unsafe extern "C" fn(user: *mut c_void, json: *const c_char, self_: *mut *mut c_void, err: *mut nc_error) -> nc_status>,
    /// Encodes the n bytes of src, in C or F order as layout says, into out with nc_buffer_append.
    pub encode: Option<
        unsafe extern "C" fn(
            self_: *mut c_void,
            layout: *const nc_layout,
            src: *const c_void,
            n: usize,
            out: *mut nc_buffer,
            err: *mut nc_error,
        ) -> nc_status,
    >,
    /// Decodes the n bytes of src into out with nc_buffer_append.
    pub decode: Option<
        unsafe extern "C" fn(self_: *mut c_void, src: *const c_void, n: usize, out: *mut nc_buffer, err: *mut nc_error) -> nc_status,
    >,
    /// Frees what make built; NULL = nothing to free.
    pub free_self: Option<unsafe extern "C" fn(self_: *mut c_void)>,
    /// Called once, after the registry and the last codec built from this one are gone; NULL = nothing to free.
    pub free_user: Option<unsafe extern "C" fn(user: *mut c_void)>,
}

/// Makes a registry. allow, n: ids of the built-in codecs to keep, borrowed; allow NULL = all of them (n is then 0). The ids "json" and
/// "msgpack" of numcodecs before 0.6, whose chunks hold no shape, are there only where they are named. registry: gives a registry, free
/// it with nc_registry_free; codecs built from it stay valid after that. Errors: _UNKNOWN_CODEC, _NULL. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_registry_new(
    allow: *const *const c_char,
    n: usize,
    registry: *mut *mut nc_registry,
    err: *mut nc_error,
) -> nc_status {
    boundary(err, || {
        // SAFETY: pointers of the caller, checked for NULL, valid for this call.
        let registry = unsafe { out(registry, null_mut(), "registry")? };
        let mut allowed = None;
        if !allow.is_null() || n > 0 {
            // SAFETY: as above; allow has n elements, each a C string.
            let ids = unsafe { bytes(allow, n, "allow")? };
            // SAFETY: as above.
            let ids: Result<Vec<String>> = ids.iter().map(|id| unsafe { string(*id, "allow") }.map(str::to_owned)).collect();
            allowed = Some(ids?);
        }
        *registry = give(nc_registry { registry: Registry::new(allowed)? });
        Ok(())
    })
}

/// Adds a codec of the caller; it takes the place of a built-in one of the same id. codec: the struct and its id are copied; user stays
/// the caller's until free_user is called, which also happens when this call fails after its pointers were checked. Errors: _UNSUPPORTED
/// (a codec was already built from the registry, or a struct_size that is not known), _NULL (id, make, encode or decode). Exclusive: no
/// other thread may use the registry during this call. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_registry_add(registry: *mut nc_registry, codec: *const nc_custom_codec, err: *mut nc_error) -> nc_status {
    boundary(err, || {
        let mut own = nc_custom_codec {
            struct_size: 0,
            id: std::ptr::null(),
            user: null_mut(),
            concurrent: 0,
            reserved: 0,
            make: None,
            encode: None,
            decode: None,
            free_self: None,
            free_user: None,
        };
        // SAFETY: pointers of the caller, checked for NULL, valid for this call.
        unsafe {
            required(registry.cast_const(), "registry")?;
            required(codec, "codec")?;
            options::copy_known(codec, &mut own)?;
        }
        let kind = Arc::new(Kinds::new(&own)?);
        // SAFETY: not NULL, a registry of ours, exclusive.
        unsafe { &mut *registry }.registry.add(kind)
    })
}

/// Frees a registry; NULL is fine. Takes: do not use it afterwards; codecs built from it live on. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nc_registry_free(registry: *mut nc_registry) {
    // SAFETY: NULL or a registry of ours that was not freed.
    unsafe { free(registry) }
}

type Make = unsafe extern "C" fn(*mut c_void, *const c_char, *mut *mut c_void, *mut nc_error) -> nc_status;
type Encode = unsafe extern "C" fn(*mut c_void, *const nc_layout, *const c_void, usize, *mut nc_buffer, *mut nc_error) -> nc_status;
type Decode = unsafe extern "C" fn(*mut c_void, *const c_void, usize, *mut nc_buffer, *mut nc_error) -> nc_status;

/// The functions of one id, shared by the registry and the codecs built from it.
struct Functions {
    user: *mut c_void,
    make: Make,
    encode: Encode,
    decode: Decode,
    concurrent: bool,
    free_self: Option<unsafe extern "C" fn(*mut c_void)>,
    free_user: Option<unsafe extern "C" fn(*mut c_void)>,
}

// SAFETY: the caller says through `concurrent` what may run at once; where it says 0 it keeps such a codec to itself.
unsafe impl Send for Functions {}
// SAFETY: as above.
unsafe impl Sync for Functions {}

impl Drop for Functions {
    fn drop(&mut self) {
        if let Some(free) = self.free_user {
            // SAFETY: the caller's own function and pointer; nothing of its kind is left.
            unsafe { free(self.user) }
        }
    }
}

/// Builds codecs of one id.
struct Kinds {
    id: String,
    functions: Arc<Functions>,
}

impl Kinds {
    fn new(codec: &nc_custom_codec) -> Result<Self> {
        // SAFETY: a C string of the caller.
        let id = unsafe { string(codec.id, "codec->id")? }.to_owned();
        let functions = Functions {
            user: codec.user,
            make: codec.make.ok_or_else(|| super::null("codec->make"))?,
            encode: codec.encode.ok_or_else(|| super::null("codec->encode"))?,
            decode: codec.decode.ok_or_else(|| super::null("codec->decode"))?,
            concurrent: codec.concurrent != 0,
            free_self: codec.free_self,
            free_user: codec.free_user,
        };
        Ok(Kinds { id, functions: Arc::new(functions) })
    }
}

impl Factory for Kinds {
    fn id(&self) -> &str {
        &self.id
    }

    fn make(&self, config: &Map<String, Value>) -> Result<Box<dyn Codec>> {
        let json = serde_json::to_string(config).map_err(|e| Error::config("", e.to_string()))?;
        let json = CString::new(json).map_err(|_| Error::config("", "the configuration holds a NUL"))?;
        let mut this = null_mut();
        // SAFETY: the caller's own function and pointer.
        report(|err| unsafe { (self.functions.make)(self.functions.user, json.as_ptr(), &mut this, err) })?;
        Ok(Box::new(Custom { this, functions: self.functions.clone() }))
    }
}

/// A codec of the caller.
struct Custom {
    this: *mut c_void,
    functions: Arc<Functions>,
}

// SAFETY: as for Functions.
unsafe impl Send for Custom {}
// SAFETY: as for Functions.
unsafe impl Sync for Custom {}

impl Custom {
    fn run(
        &self,
        src: &[u8],
        out: &mut Sink<'_>,
        body: impl FnOnce(*const c_void, *mut nc_buffer, *mut nc_error) -> nc_status,
    ) -> Result<Layout> {
        let call = out.call();
        let room = out.allowed().min(call.memory_left());
        let mut buffer = nc_buffer::appendable(usize::try_from(room).unwrap_or(usize::MAX));
        report(|err| body(src.as_ptr().cast(), &mut buffer, err))?;
        let _memory = call.charge(buffer.bytes().len())?; // there twice now
        out.write(buffer.bytes())?;
        Ok(Layout::bytes(buffer.bytes().len()))
    }
}

impl Codec for Custom {
    fn concurrent(&self) -> bool {
        self.functions.concurrent
    }

    fn encode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let layout = nc_layout::new(src.layout().clone());
        let src = src.bytes()?;
        self.run(src, out, |data, buffer, err| {
            // SAFETY: the caller's own function and pointer; src, layout and buffer live through the call.
            unsafe { (self.functions.encode)(self.this, &layout, data, src.len(), buffer, err) }
        })
    }

    fn decode(&self, src: &ArrayRef<'_>, out: &mut Sink<'_>) -> Result<Layout> {
        let src = src.bytes()?;
        self.run(src, out, |data, buffer, err| {
            // SAFETY: as above.
            unsafe { (self.functions.decode)(self.this, data, src.len(), buffer, err) }
        })
    }
}

impl Drop for Custom {
    fn drop(&mut self) {
        if let Some(free) = self.functions.free_self {
            // SAFETY: the caller's own function and what its make built.
            unsafe { free(self.this) }
        }
    }
}

/// Runs a callback with an error record of its own and turns what it says into an error of ours.
fn report(body: impl FnOnce(*mut nc_error) -> nc_status) -> Result<()> {
    let mut record = nc_error { code: 0, stage: 0, index: 0, offset: 0, needed: 0, codec: [0; 32], path: [0; 128], message: [0; 320] };
    text::clear(&mut record);
    let status = body(&mut record);
    if status == 0 {
        return Ok(());
    }
    let message = match text::get(&record.message) {
        said if said.is_empty() => format!("the custom codec returned status {status}"),
        said => said,
    };
    let error = Error::new(Kind::from_number(status), message).under(&text::get(&record.path)).needing(record.needed);
    Err(match usize::try_from(record.offset) {
        Ok(offset) => error.at(offset),
        Err(_) => error,
    })
}
