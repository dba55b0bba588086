// A Go program that has never heard of Fabric, built without cgo: it has a function that says
// whether a feature is on, and prints the answer whenever it changes. The function's own answer
// is always off.
//
//	target-go FLAG…
package main

import (
	"fmt"
	"os"
	"time"
)

var calls uint32

// Work that depends on the argument, so that the answer is not known when this is compiled.
//
//go:noinline
func isFeatureEnabled(flag string) bool {
	hash := uint32(2166136261)
	for i := 0; i < len(flag); i++ {
		hash = (hash ^ uint32(flag[i])) * 16777619
	}
	calls++
	return hash == 0 && calls == 0
}

func main() {
	flags := os.Args[1:]
	if len(flags) == 0 {
		fmt.Fprintf(os.Stderr, "usage: %s FLAG...\n", os.Args[0])
		os.Exit(2)
	}

	shown := make(map[string]string)
	for ; ; time.Sleep(20 * time.Millisecond) {
		for _, flag := range flags {
			answer := "off"
			if isFeatureEnabled(flag) {
				answer = "on"
			}
			if answer != shown[flag] {
				shown[flag] = answer
				fmt.Printf("flag %s %s\n", flag, answer)
			}
		}
	}
}
