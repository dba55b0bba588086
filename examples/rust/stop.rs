//! SIGTERM ends the program in order. The standard library has no signals; C's does, and every Rust program has it.

use std::os::raw::c_int;
use std::sync::atomic::{AtomicBool, Ordering};

const SIGTERM: c_int = 15;

static REQUESTED: AtomicBool = AtomicBool::new(false);

extern "C" {
    fn signal(number: c_int, handler: extern "C" fn(c_int)) -> usize;
}

extern "C" fn request(_: c_int) {
    REQUESTED.store(true, Ordering::Relaxed);
}

pub fn on_sigterm() {
    // SAFETY: the handler does nothing but store one atomic.
    unsafe { signal(SIGTERM, request) };
}

pub fn requested() -> bool {
    REQUESTED.load(Ordering::Relaxed)
}
