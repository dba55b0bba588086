// Asks for a flag and prints the answer whenever it changes.
//
//	go build -o demo . && ./demo new-checkout-flow user-17
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

func main() {
	key := "new-checkout-flow"
	if len(os.Args) > 1 {
		key = os.Args[1]
	}
	interval := 100
	if text, err := strconv.Atoi(os.Getenv("INTERVAL_MS")); err == nil {
		interval = text
	}
	flag := NewFlag(key)
	var user *User
	if len(os.Args) > 2 {
		user = NewUser(os.Args[2])
		defer user.Close()
		user.Text("language", "go")
		user.Whole("interval", int64(interval))
	}

	stop, release := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer release()
	var everybody, somebody string
	for stop.Err() == nil {
		say(&everybody, fmt.Sprintf("%s %s", key, onOrOff(flag.Enabled())))
		if user != nil {
			variant, chosen := flag.Variant(user)
			if !chosen {
				variant = "-"
			}
			say(&somebody, fmt.Sprintf("%s for %s: %s, variant %s", key, os.Args[2], onOrOff(flag.EnabledFor(user)), variant))
		}
		select {
		case <-stop.Done():
		case <-time.After(time.Duration(interval) * time.Millisecond):
		}
	}
}

// Prints a line where it differs from the one before.
func say(last *string, line string) {
	if line != *last {
		fmt.Println(line)
		*last = line
	}
}

func onOrOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}
