package main

import (
	"fmt"
	"sort"

	"github.com/anishathalye/porcupine"
)

func describe(in, out interface{}) string {
	i, o := in.(input), out.(output)
	switch {
	case isSend(i.Op):
		return fmt.Sprintf("%s(%d) -> %s", i.Op, i.Value, o.Result)
	case o.Result == "ok":
		return fmt.Sprintf("%s() -> %d", i.Op, o.Value)
	}
	return fmt.Sprintf("%s() -> %s", i.Op, o.Result)
}

// The queue as anybody would write it down: the values that are inside.
var plain = porcupine.Model{
	Init: func() interface{} { return []uint64{} },
	Step: func(state, in, out interface{}) (bool, interface{}) {
		inside, i, o := state.([]uint64), in.(input), out.(output)
		switch {
		case isSend(i.Op):
			return true, append(inside[:len(inside):len(inside)], i.Value)
		case o.Result == "empty":
			return len(inside) == 0, inside
		}
		if len(inside) == 0 || inside[0] != o.Value {
			return false, inside
		}
		return true, inside[1:]
	},
	Equal: func(a, b interface{}) bool {
		x, y := a.([]uint64), b.([]uint64)
		if len(x) != len(y) {
			return false
		}
		for i := range x {
			if x[i] != y[i] {
				return false
			}
		}
		return true
	},
	Hash: func(state interface{}) uint64 {
		hash := uint64(14695981039346656037)
		for _, value := range state.([]uint64) {
			hash = (hash ^ value) * 1099511628211
		}
		return hash
	},
	DescribeOperation: describe,
	DescribeState:     func(state interface{}) string { return fmt.Sprintf("inside: %v", state) },
}

type counters struct{ sent, received int }

// The same queue for who knows that receives do not overlap: their order is that of the sends, so a send may only take
// effect at the rank of its value, and what is never received comes after all that is. The state is two counters.
func withRank(received int) porcupine.Model {
	return porcupine.Model{
		Init: func() interface{} { return counters{} },
		Step: func(state, in, out interface{}) (bool, interface{}) {
			s, i, o := state.(counters), in.(input), out.(output)
			switch {
			case isSend(i.Op):
				ok := i.rank == s.sent || (i.rank == never && s.sent >= received)
				return ok, counters{s.sent + 1, s.received}
			case o.Result == "empty":
				return s.sent == s.received, s
			}
			return i.rank == s.received && s.sent > s.received, counters{s.sent, s.received + 1}
		},
		Hash:              func(state interface{}) uint64 { s := state.(counters); return uint64(s.sent)<<32 ^ uint64(s.received) },
		DescribeOperation: describe,
		DescribeState: func(state interface{}) string {
			s := state.(counters)
			return fmt.Sprintf("sent: %d, received: %d", s.sent, s.received)
		},
	}
}

// Ranks the receives, by time, and the sends, by the receives of their values; how many were received.
func rank(history []porcupine.Operation) (int, error) {
	sort.SliceStable(history, func(a, b int) bool { return history[a].Call < history[b].Call })
	ranks, sent, received, free := map[uint64]int{}, map[uint64]bool{}, 0, int64(-1)
	for n := range history {
		o := &history[n]
		in, out := o.Input.(input), o.Output.(output)
		if isSend(in.Op) {
			if sent[in.Value] {
				return 0, fmt.Errorf("the value %d is sent a second time", in.Value)
			}
			sent[in.Value] = true
			continue
		}
		if o.Call < free {
			return 0, fmt.Errorf("%s overlaps another receive: there is one receiver", describe(in, out))
		}
		free = o.Return
		if out.Result == "ok" {
			if _, again := ranks[out.Value]; !again {
				ranks[out.Value] = received
			}
			in.rank = received
			o.Input = in
			received++
		}
	}
	for n := range history {
		if in := history[n].Input.(input); isSend(in.Op) {
			in.rank = never
			if place, arrived := ranks[in.Value]; arrived {
				in.rank = place
			}
			history[n].Input = in
		}
	}
	return received, nil
}
