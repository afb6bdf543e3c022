"""The settled graph: what a test driver can do and see, of the state graph that TLC writes for ChannelTest."""

import re
from collections import defaultdict

from runner import trace

RECEIVER = "r"
DRIVER_STEPS = {"TestBegins", "TestDeadlinePasses"}  # all other actions of ChannelTest happen by themselves
NODE = re.compile(r'(-?\d+) \[label="((?:[^"\\]|\\.)*)"(,style = filled)?\]')
EDGE = re.compile(r'(-?\d+) -> (-?\d+) \[label="(\w*)"')
ESCAPED = re.compile(r"\\(.)")


class Unexpected(Exception):
    """The dump is not what this module understands: one line."""


class Dump:
    """TLC's state graph, as `-dump dot,actionlabels` writes it."""

    def __init__(self, path):
        self.state, self.successors, self.initial = {}, defaultdict(set), []
        with open(path) as lines:
            for line in lines:
                if edge := EDGE.match(line):
                    self.successors[edge[1]].add((edge[3], edge[2]))
                elif (node := NODE.match(line)) and node[1] not in self.state:
                    text = ESCAPED.sub(lambda escape: "\n" if escape[1] == "n" else escape[1], node[2])
                    self.state[node[1]] = trace.state(text)
                    if node[3]:
                        self.initial.append(node[1])
        actions = {action for leaving in self.successors.values() for action, _ in leaving}
        if not self.initial or not DRIVER_STEPS <= actions:
            raise Unexpected(f"{path}: no initial state, or no step named {' or '.join(sorted(DRIVER_STEPS))}")


class Settled:
    """Nodes: the states in which nothing happens by itself. Edges: a step of the driver and what it makes return.

    Threads are numbered: the senders from 0, the receiver last. A message <<s2, 1>> is the number 21.
    """

    def __init__(self, dump):
        self.dump = dump
        first = dump.state[dump.initial[0]]
        names = sorted(t for t in first["call"] if t != RECEIVER)
        self.senders = len(names)
        self.number = {name: k for k, name in enumerate([*names, RECEIVER])}
        self.outcomes = {}  # node -> {(settled node, what returned on the way)}
        settled = [n for n in dump.state if self.is_settled(n)]
        place = {node: k for k, node in enumerate(settled)}
        self.states = [self.state(dump.state[node]) for node in settled]
        self.starts = [place[node] for node in dump.initial]
        edges = set()
        for node in settled:
            for _, after in dump.successors[node]:
                step = self.step(dump.state[node], dump.state[after])
                edges |= {(place[node], step, returned, place[to]) for to, returned in self.settle(after)}
        self.edges = sorted(edges)
        if len({(a, step, returned) for a, step, returned, _ in self.edges}) != len(self.edges):
            raise Unexpected("two states follow one step, and what returned does not tell which: no test could follow")

    def is_settled(self, node):
        return all(action in DRIVER_STEPS for action, _ in self.dump.successors[node])

    def settle(self, node):
        """Everything that can have happened when nothing happens any more."""
        if node not in self.outcomes:
            if self.is_settled(node):
                self.outcomes[node] = {(node, ())}
            else:
                self.outcomes[node] = {
                    (to, tuple(sorted([*returned, *self.returns(self.dump.state[node], self.dump.state[after])])))
                    for _, after in self.dump.successors[node] for to, returned in self.settle(after)}
        return self.outcomes[node]

    def value(self, message):
        return 10 * (self.number[message[0]] + 1) + message[1]

    def call(self, call):
        """(operation, number): the message sent, the sender made by a clone, else 0."""
        if "msg" in call:
            return call["op"], self.value(call["msg"])
        return call["op"], self.number[call["new"]] if "new" in call else 0

    def step(self, before, after):
        """(thread, operation, number) that begins; or (thread, "deadline", 0)."""
        for name, thread in self.number.items():
            if before["call"][name] != after["call"][name]:
                return (thread, *self.call(after["call"][name]))
            if before["result"][name] != after["result"][name]:
                return thread, "deadline", 0
        raise Unexpected("a step of the driver changes neither a call nor a result")

    def returns(self, before, after):
        """[(thread, result, number)]: the operation that ends in a step, if one does. The number: the message received."""
        ended = [t for t in self.number if before["call"][t]["op"] != "idle" == after["call"][t]["op"]]
        results = [(self.number[t], before["result"][t]) for t in ended]
        return [(t, "ok", self.value(r["msg"])) if r["is"] == "value" else (t, r["is"], 0) for t, r in results]

    def state(self, variables):
        calls = {self.number[name]: self.call(call) for name, call in variables["call"].items() if call["op"] != "idle"}
        return {"senders": [variables["sender"][name] for name, k in self.number.items() if k < self.senders],
                "receiver": "live" if variables["receiverLive"] else "dropped",
                "queue": [self.value(m) for m in variables["queue"]],
                "pending": [{"thread": thread, "operation": op, "value": value}
                            for thread, (op, value) in sorted(calls.items())]}
