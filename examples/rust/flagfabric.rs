//! The library's calls with Rust's types. Copy it; it needs nothing but libflagfabric.so.

use std::ffi::{CStr, CString};
use std::os::raw::c_char;

/// A flag's key as C reads it, made once, so that asking allocates nothing.
pub struct Flag(CString);

/// What is known of whoever asks, beside the targeting key.
pub enum Known<'a> {
    Text(&'a CStr),
    Whole(i64),
}

impl Flag {
    /// Panics where the key has a zero byte in it, which no flag's has.
    pub fn new(key: &str) -> Self {
        Self(text(key))
    }

    /// Whether the flag is on for everybody.
    pub fn enabled(&self) -> bool {
        // SAFETY: the key ends with a zero byte and is read during the call alone.
        unsafe { is_feature_enabled(self.0.as_ptr()) }
    }

    /// Whether the flag is on for one user.
    pub fn enabled_for(&self, user: &CStr) -> bool {
        // SAFETY: both end with a zero byte and are read during the call alone.
        unsafe { is_feature_enabled_for(self.0.as_ptr(), user.as_ptr()) }
    }

    /// The variant's name for a user of whom something is known; `None` where the program's own default applies.
    pub fn variant(&self, user: &CStr, known: &[(&CStr, Known)]) -> Option<String> {
        let attributes: Vec<Attribute> = known.iter().map(Attribute::from).collect();
        let context = Context { targeting_key: user.as_ptr(), attributes: attributes.as_ptr(), count: attributes.len() };
        let mut name = vec![0u8; 64];
        loop {
            // SAFETY: what the context points to outlives the call, and `name` has the room that is said.
            let length = unsafe { flagfabric_variant(self.0.as_ptr(), &context, name.as_mut_ptr().cast(), name.len()) };
            let length = usize::try_from(length).ok()?;
            if length < name.len() {
                name.truncate(length);
                return String::from_utf8(name).ok();
            }
            name.resize(length + 1, 0);
        }
    }
}

/// A text as C reads it. Panics where it has a zero byte in it.
pub fn text(from: &str) -> CString {
    CString::new(from).expect("no zero byte in a text")
}

// ---- As flagfabric.h has it ----

const INTEGER: u32 = 2;
const STRING: u32 = 4;
const TERMINATED: u32 = u32::MAX;

#[repr(C)]
union Value {
    integer: i64,
    string: *const c_char,
}

#[repr(C)]
struct Attribute {
    name: *const c_char,
    kind: u32,
    length: u32,
    value: Value,
}

#[repr(C)]
struct Context {
    targeting_key: *const c_char,
    attributes: *const Attribute,
    count: usize,
}

#[link(name = "flagfabric")]
extern "C" {
    fn is_feature_enabled(flag: *const c_char) -> bool;
    fn is_feature_enabled_for(flag: *const c_char, targeting_key: *const c_char) -> bool;
    fn flagfabric_variant(flag: *const c_char, context: *const Context, to: *mut c_char, size: usize) -> isize;
}

impl From<&(&CStr, Known<'_>)> for Attribute {
    fn from((name, value): &(&CStr, Known)) -> Self {
        let (kind, length, value) = match value {
            Known::Text(text) => (STRING, TERMINATED, Value { string: text.as_ptr() }),
            Known::Whole(number) => (INTEGER, 0, Value { integer: *number }),
        };
        Self { name: name.as_ptr(), kind, length, value }
    }
}
