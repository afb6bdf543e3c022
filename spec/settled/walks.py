"""Walks through a settled graph that take every edge, in every order in which the waiting senders can have come.

The order is no part of the specification's state, but an implementation may have one, and then it takes a given edge only after
one of the orders. So the walks cover the graph whose nodes are a settled state and that order. With capacity 0 the reference
channel does have one: the send that has waited longest is served (docs/contract.md), and walks go only where that is so.
"""

from collections import deque

SENDS = {"send", "send_for", "try_send"}


def arrived(order, edge, receiver):
    """The senders that wait, in the order in which they began, after the edge."""
    _, (thread, operation, _), returned, _ = edge
    if operation in SENDS and thread != receiver:
        order = (*order, thread)
    return tuple(t for t in order if t not in {thread for thread, _, _ in returned})


def overtakes(order, edge):
    """Whether a send that waits succeeds before one that has waited longer."""
    return any(result == "ok" and thread in order[1:] for thread, result, _ in edge[2])


class Cover:
    def __init__(self, settled, capacity):
        self.first_come_first_served = capacity == 0
        self.edges, self.receiver = settled.edges, settled.senders
        self.leaving = {}
        for number, edge in enumerate(settled.edges):
            self.leaving.setdefault(edge[0], []).append(number)
        self.starts = [(start, ()) for start in settled.starts]
        self.left = set(self.reachable())

    def from_here(self, node):
        for number in self.leaving.get(node[0], []):
            if not (self.first_come_first_served and overtakes(node[1], self.edges[number])):
                yield number

    def follow(self, node, number):
        edge = self.edges[number]
        return edge[3], arrived(node[1], edge, self.receiver)

    def reachable(self):
        seen, waiting = set(self.starts), deque(self.starts)
        while waiting:
            node = waiting.popleft()
            for number in self.from_here(node):
                yield node, number
                to = self.follow(node, number)
                if to not in seen:
                    seen.add(to)
                    waiting.append(to)

    def nearest(self, node):
        """The shortest way to an edge that is left, and where it leads; None if there is none from here."""
        came, waiting = {node: None}, deque([node])
        while waiting:
            at = waiting.popleft()
            for number in self.from_here(at):
                if (at, number) in self.left:
                    way = [(at, number)]
                    while came[way[-1][0]]:
                        way.append(came[way[-1][0]])
                    return way[::-1], self.follow(at, number)
                to = self.follow(at, number)
                if to not in came:
                    came[to] = (at, number)
                    waiting.append(to)
        return None

    def walks(self):
        """Each a list of edges, from a start on."""
        for start in self.starts:
            while ahead := self.nearest(start):
                walk = []
                while ahead:
                    way, at = ahead
                    self.left -= set(way)
                    walk += [number for _, number in way]
                    ahead = self.nearest(at)
                yield walk
