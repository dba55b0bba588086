// Knows nothing of Fabric and has no C in it: it has a function of its own, which says no, and prints the answer
// whenever it changes.
//
//	CGO_ENABLED=0 go build -o override . && ./override new-checkout-flow
//	fabric attach --exe "$PWD/override" --symbol main.isFeatureEnabled
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

// What runs where nobody overrides it. Not inlined, so that there is one place to attach to.
//
//go:noinline
func isFeatureEnabled(flag string) bool { return false }

func main() {
	flag := "new-checkout-flow"
	if len(os.Args) > 1 {
		flag = os.Args[1]
	}
	interval := 100
	if text, err := strconv.Atoi(os.Getenv("INTERVAL_MS")); err == nil {
		interval = text
	}

	stop, release := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer release()
	last := ""
	for stop.Err() == nil {
		answer := "off"
		if isFeatureEnabled(flag) {
			answer = "on"
		}
		if answer != last {
			fmt.Println(flag, answer)
			last = answer
		}
		select {
		case <-stop.Done():
		case <-time.After(time.Duration(interval) * time.Millisecond):
		}
	}
}
