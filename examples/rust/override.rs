//! Knows nothing of Fabric: it has a function of its own, which says no, and prints the answer whenever it changes.
//!
//!     rustc --edition 2021 -O override.rs && ./override new-checkout-flow
//!     fabric attach --exe "$PWD/override" --symbol is_feature_enabled

mod stop;

use std::{env, ffi::CString, os::raw::c_char, thread, time::Duration};

/// Read from memory as if it could change, so that no compiler may know the answer beforehand.
static BY_DEFAULT: bool = false;

/// What runs where nobody overrides it. Not inlined, so that there is one place to attach to; C's linkage gives it a plain
/// name and a plain pointer to the text.
#[no_mangle]
#[inline(never)]
pub extern "C" fn is_feature_enabled(_flag: *const c_char) -> bool {
    // SAFETY: a static can always be read.
    unsafe { std::ptr::read_volatile(&BY_DEFAULT) }
}

fn main() {
    let key = env::args().nth(1).unwrap_or_else(|| "new-checkout-flow".into());
    let interval = env::var("INTERVAL_MS").ok().and_then(|text| text.parse().ok()).unwrap_or(100);
    let flag = CString::new(key.clone()).expect("no zero byte in a flag's key");
    let mut last = None;

    stop::on_sigterm();
    while !stop::requested() {
        let on = is_feature_enabled(flag.as_ptr());
        if last != Some(on) {
            println!("{} {}", key, if on { "on" } else { "off" });
            last = Some(on);
        }
        thread::sleep(Duration::from_millis(interval));
    }
}
