// Go's chan with C functions around it, as a C shared library: what go_chan.cpp puts under the oracle.
package main

// #include <stdint.h>
import "C"

import (
	"runtime/cgo"
	"sync/atomic"
	"time"
)

// The outcomes of plumbline/plugin.h.
const (
	ok           = 1
	full         = 2
	empty        = 3
	timeout      = 4
	disconnected = 5
)

// A chan has one end: whoever sends or receives uses it. Go's rule is that the senders close it, and receivers never do;
// with several senders, the last of them, who is found by counting.
type channel struct {
	values  chan uint64
	senders atomic.Int32
}

func of(handle C.uintptr_t) *channel { return cgo.Handle(handle).Value().(*channel) }

//export plumbline_go_create
func plumbline_go_create(capacity C.uint64_t, senders C.uint32_t) C.uintptr_t {
	made := &channel{values: make(chan uint64, int(capacity))}
	made.senders.Store(int32(senders))
	return C.uintptr_t(cgo.NewHandle(made))
}

//export plumbline_go_destroy
func plumbline_go_destroy(handle C.uintptr_t) { cgo.Handle(handle).Delete() }

//export plumbline_go_clone
func plumbline_go_clone(handle C.uintptr_t) { of(handle).senders.Add(1) }

//export plumbline_go_drop_sender
func plumbline_go_drop_sender(handle C.uintptr_t) {
	if c := of(handle); c.senders.Add(-1) == 0 {
		close(c.values)
	}
}

//export plumbline_go_send
func plumbline_go_send(handle C.uintptr_t, value C.uint64_t) C.int32_t {
	of(handle).values <- uint64(value)
	return ok
}

//export plumbline_go_try_send
func plumbline_go_try_send(handle C.uintptr_t, value C.uint64_t) C.int32_t {
	select {
	case of(handle).values <- uint64(value):
		return ok
	default:
		return full
	}
}

//export plumbline_go_send_for
func plumbline_go_send_for(handle C.uintptr_t, value C.uint64_t, nanoseconds C.uint64_t) C.int32_t {
	timer := time.NewTimer(time.Duration(nanoseconds))
	defer timer.Stop()
	select {
	case of(handle).values <- uint64(value):
		return ok
	case <-timer.C:
		return lastLook(plumbline_go_try_send(handle, value), full)
	}
}

//export plumbline_go_recv
func plumbline_go_recv(handle C.uintptr_t, value *C.uint64_t) C.int32_t {
	taken, open := <-of(handle).values
	return received(taken, open, value)
}

//export plumbline_go_try_recv
func plumbline_go_try_recv(handle C.uintptr_t, value *C.uint64_t) C.int32_t {
	select {
	case taken, open := <-of(handle).values:
		return received(taken, open, value)
	default:
		return empty
	}
}

//export plumbline_go_recv_for
func plumbline_go_recv_for(handle C.uintptr_t, value *C.uint64_t, nanoseconds C.uint64_t) C.int32_t {
	timer := time.NewTimer(time.Duration(nanoseconds))
	defer timer.Stop()
	select {
	case taken, open := <-of(handle).values:
		return received(taken, open, value)
	case <-timer.C:
		return lastLook(plumbline_go_try_recv(handle, value), empty)
	}
}

// If several cases of a select can proceed, Go takes one of them at random: the timer, too, while a value or a place is
// there. So who is to time out only if nothing is there looks once more.
func lastLook(said, nothing C.int32_t) C.int32_t {
	if said == nothing {
		return timeout
	}
	return said
}

func received(taken uint64, open bool, value *C.uint64_t) C.int32_t {
	if !open {
		return disconnected
	}
	*value = C.uint64_t(taken)
	return ok
}

func main() {}
