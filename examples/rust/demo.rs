//! Asks for a flag and prints the answer whenever it changes.
//!
//!     rustc --edition 2021 -O demo.rs && ./demo new-checkout-flow user-17

mod flagfabric;
mod stop;

use std::{env, thread, time::Duration};

use flagfabric::{text, Flag, Known};

fn main() {
    let key = env::args().nth(1).unwrap_or_else(|| "new-checkout-flow".into());
    let user = env::args().nth(2);
    let interval = env::var("INTERVAL_MS").ok().and_then(|text| text.parse().ok()).unwrap_or(100);
    let flag = Flag::new(&key);
    let (language, language_name, interval_name) = (text("rust"), text("language"), text("interval"));
    let (mut everybody, mut somebody) = (String::new(), String::new());

    stop::on_sigterm();
    while !stop::requested() {
        say(&mut everybody, format!("{} {}", key, on_or_off(flag.enabled())));
        if let Some(user) = &user {
            let known = [
                (&*language_name, Known::Text(&language)),
                (&*interval_name, Known::Whole(interval as i64)),
            ];
            let who = text(user);
            let variant = flag.variant(&who, &known);
            let variant = variant.as_deref().unwrap_or("-");
            say(&mut somebody, format!("{} for {}: {}, variant {}", key, user, on_or_off(flag.enabled_for(&who)), variant));
        }
        thread::sleep(Duration::from_millis(interval));
    }
}

/// Prints a line where it differs from the one before; a line is flushed as it ends.
fn say(last: &mut String, line: String) {
    if line != *last {
        println!("{}", line);
        *last = line;
    }
}

fn on_or_off(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}
