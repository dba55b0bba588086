//! Knows nothing of Fabric: it has a function of its own, which says no, and prints the answer whenever it changes.
//!
//!     rustc --edition 2021 -O override.rs && ./override new-checkout-flow
//!     fabric attach --exe "$PWD/override" --symbol is_feature_enabled

mod stop;

use std::{arch::asm, env, ffi::CString, os::raw::c_char, thread, time::Duration};

/// What runs where nobody overrides it. Not inlined, so that there is one place to attach to; C's linkage gives it a plain
/// name and a plain pointer to the text. The comment to the assembler takes the flag and may change the answer, so that the
/// compiler does not know better: it would leave out an argument that nobody looks at, and a call whose answer it knows.
#[no_mangle]
#[inline(never)]
pub extern "C" fn is_feature_enabled(flag: *const c_char) -> bool {
    let mut by_default = 0u8;
    // SAFETY: it does nothing.
    unsafe { asm!("/* {0} {1} */", in(reg) flag, inout(reg_byte) by_default) };
    by_default != 0
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
