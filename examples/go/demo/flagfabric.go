package main

/*
#cgo LDFLAGS: -lflagfabric
#include <flagfabric.h>
#include <stdlib.h>

// Go has neither unions nor C's initialisers.
static struct flagfabric_attribute text(const char *name, const char *value)
{
	return (struct flagfabric_attribute)FLAGFABRIC_TEXT(name, value);
}

static struct flagfabric_attribute whole(const char *name, int64_t value)
{
	return (struct flagfabric_attribute)FLAGFABRIC_WHOLE(name, value);
}

// Memory of Go's must not hold pointers to memory of Go's, so the context is put together here.
static ptrdiff_t variant(const char *flag, const char *user, const struct flagfabric_attribute *known, size_t count,
			 char *to, size_t size)
{
	struct flagfabric_context context = { user, known, count };

	return flagfabric_variant(flag, &context, to, size);
}
*/
import "C"

import "unsafe"

// Flag is a flag's key as C reads it, made once, so that asking allocates nothing.
type Flag struct{ key *C.char }

// NewFlag copies the key out of Go's memory; a program has few of them, and they live as long as it does.
func NewFlag(key string) Flag { return Flag{C.CString(key)} }

// Enabled says whether the flag is on for everybody.
func (f Flag) Enabled() bool { return bool(C.is_feature_enabled(f.key)) }

// EnabledFor says whether the flag is on for this user.
func (f Flag) EnabledFor(user *User) bool { return bool(C.is_feature_enabled_for(f.key, user.key)) }

// Variant is the variant's name for this user, and false where the program's own default applies.
func (f Flag) Variant(user *User) (string, bool) {
	var known *C.struct_flagfabric_attribute
	if len(user.known) > 0 {
		known = &user.known[0]
	}
	for size := 64; ; {
		name := make([]C.char, size)
		length := int(C.variant(f.key, user.key, known, C.size_t(len(user.known)), &name[0], C.size_t(size)))
		if length < size {
			return C.GoString(&name[0]), length >= 0
		}
		size = length + 1
	}
}

// User is who asks and what is known of them, in memory of C's, which Close gives back.
type User struct {
	key   *C.char
	known []C.struct_flagfabric_attribute
	texts []*C.char
}

// NewUser begins with the targeting key.
func NewUser(key string) *User {
	user := &User{}
	user.key = user.text(key)
	return user
}

// Text adds a text that is known.
func (u *User) Text(name, value string) {
	u.known = append(u.known, C.text(u.text(name), u.text(value)))
}

// Whole adds a whole number that is known.
func (u *User) Whole(name string, value int64) {
	u.known = append(u.known, C.whole(u.text(name), C.int64_t(value)))
}

// Close frees what the user holds.
func (u *User) Close() {
	for _, text := range u.texts {
		C.free(unsafe.Pointer(text))
	}
}

func (u *User) text(of string) *C.char {
	text := C.CString(of)
	u.texts = append(u.texts, text)
	return text
}
