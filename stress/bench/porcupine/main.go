// Checks a list of operations (docs/history-format.md) with Porcupine, a general checker of linearizability, and prints
// a line of JSON for each model: its verdict, and how long the check took, without the reading.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"syscall"
	"time"

	"github.com/anishathalye/porcupine"
)

type input struct {
	Op    string `json:"op"`
	Value uint64 `json:"value"`
	rank  int    // its place in the order of receives; of a send, that of its value, or never
}

type output struct {
	Result string `json:"result"`
	Value  uint64 `json:"value"`
}

const never = -1

func isSend(op string) bool { return op == "send" || op == "try_send" || op == "send_for" }
func isRecv(op string) bool { return op == "recv" || op == "try_recv" || op == "recv_for" }

func read(from io.Reader) ([]porcupine.Operation, error) {
	var listed []struct {
		ClientId     int
		Input        input
		Call, Return int64
		Output       output
	}
	decoder := json.NewDecoder(from)
	if err := decoder.Decode(&listed); err != nil {
		return nil, fmt.Errorf("this is no list of operations: %v", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is something after the list")
	}
	history := make([]porcupine.Operation, len(listed))
	for n, o := range listed {
		known := (isSend(o.Input.Op) && o.Output.Result == "ok") ||
			(isRecv(o.Input.Op) && (o.Output.Result == "ok" || o.Output.Result == "empty"))
		if !known || o.Return < o.Call {
			return nil, fmt.Errorf("operation %d is no send or receive that has ended: %+v", n, o)
		}
		history[n] = porcupine.Operation{ClientId: o.ClientId, Input: o.Input, Call: o.Call, Output: o.Output, Return: o.Return}
	}
	return history, nil
}

func main() {
	which := flag.String("model", "both", "plain: a queue; rank: the order of the receives folded in; both")
	timeout := flag.Duration("timeout", 30*time.Second, "for each check")
	html := flag.String("html", "", "writes Porcupine's picture of the (last) check to this `FILE`")
	flag.Parse()
	misuse := func(err error) {
		fmt.Fprintf(os.Stderr, "plumbline_porcupine: %v\n", err)
		os.Exit(3)
	}
	if flag.NArg() != 1 || (*which != "plain" && *which != "rank" && *which != "both") {
		misuse(errors.New("usage: plumbline_porcupine [--model plain|rank|both] [--timeout 30s] [--html FILE] FILE"))
	}
	file, err := os.Open(flag.Arg(0))
	if err != nil {
		misuse(err)
	}
	history, err := read(file)
	if err != nil {
		misuse(fmt.Errorf("%s: %v", flag.Arg(0), err))
	}
	received, err := rank(history)
	if err != nil {
		misuse(fmt.Errorf("%s: %v", flag.Arg(0), err))
	}
	os.Exit(judge(history, received, *which, *timeout, *html, misuse))
}

// What this process had of all processors.
func processorSeconds() float64 {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err)
	}
	return float64(used.Utime.Nano()+used.Stime.Nano()) / 1e9
}

// Checks with one model or both; an exit code as plumbline's: 0 conforms, 1 violates, 2 unknown.
func judge(history []porcupine.Operation, received int, which string, timeout time.Duration, html string, misuse func(error)) int {
	code := 0
	for _, each := range []struct {
		name  string
		model porcupine.Model
	}{{"plain", plain}, {"rank", withRank(received)}} {
		if which != "both" && which != each.name {
			continue
		}
		runtime.GC() // what the reading left is not this check's to clear away
		started, processor := time.Now(), processorSeconds()
		verdict, picture := porcupine.Unknown, porcupine.LinearizationInfo{}
		if html == "" {
			verdict = porcupine.CheckOperationsTimeout(each.model, history, timeout)
		} else {
			verdict, picture = porcupine.CheckOperationsVerbose(each.model, history, timeout)
		}
		seconds, processor := time.Since(started).Seconds(), processorSeconds()-processor
		said := map[porcupine.CheckResult]struct {
			word string
			code int
		}{porcupine.Ok: {"conforms", 0}, porcupine.Illegal: {"violates", 1}, porcupine.Unknown: {"unknown", 2}}[verdict]
		line, err := json.Marshal(struct {
			Checker    string  `json:"checker"`
			Verdict    string  `json:"verdict"`
			Seconds    float64 `json:"seconds"`
			Processor  float64 `json:"cpu_seconds"`
			Operations int     `json:"operations"`
		}{"porcupine " + each.name, said.word, seconds, processor, len(history)})
		if err != nil {
			misuse(err)
		}
		fmt.Println(string(line))
		if said.code > code {
			code = said.code
		}
		if html != "" {
			if err := porcupine.VisualizePath(each.model, picture, html); err != nil {
				misuse(err)
			}
		}
	}
	return code
}
