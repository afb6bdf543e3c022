#pragma once
// The bugs that the hosts of the zoo can be given. Each is one that a real channel had. The ids are those of zoo.json,
// which says what has to find it, and in which host.

namespace plumbline::zoo {

enum class bug {
  none,

  // crossfire-rs #70, nexus #737, flume 5a17b3b: nothing is found, then the senders are found gone, and nobody looks
  // again: what the last sender sent in between is lost. NO-LOSS.
  a1,
  // akka #1493, caffeine #9, JDK-8279294: a sender that has taken its place and not yet linked its value hides the
  // values of others, whose sends have ended. EMPTY-HONEST.
  a1b,
  // LMAX Disruptor #119, llvm #109290, PhotonLibOS #530: "I wait" and "is there anything?" may be seen the other way
  // round, for nothing stands between the store and the load. The sleeper's side, then the waker's. WAKE-RECV. And that
  // of a receive that only looks: it need not see what was sent before. EMPTY-HONEST.
  a3_sleeper,
  a3_waker,
  a3_look,
  // futures-rs #909: a send asks whether the receiver is gone before it takes its place, but not while. What it then
  // puts in stays there. LIFETIME.
  a6,
  // Museum E5, whose source was not found again: a receive marks its place for this lap, not for the next one, so it is
  // never free again. FULL-HONEST.
  a7,
  // Museum I1, I3; ordering bugs of DPDK's ring, moodycamel, folly: a value is published with a relaxed store: a data
  // race. INTEGRITY.
  a9,
  // libcds #186, DPDK a4ad0eba9d: a value is taken after a relaxed load: a data race. INTEGRITY.
  a10,
  // oneTBB #782, JCTools #297: size() reads one end, then the other, and does not ask whether the first has moved.
  // CAPACITY.
  a11,
  // crossbeam-channel RUSTSEC-2025-0024: the receiver's drop takes the first block, and leaves word of it for the
  // channel's end, which frees it again. LIFETIME.
  a12,
  // Museum C3, whose source was not found again: the end that finds the channel disconnected frees it, while the other
  // end may still be at its drop. LIFETIME.
  a14,
  // tokio #6602, #8062: size() counts the border between two blocks as a value. CAPACITY.
  a15,
  // crossbeam 64eed3d5: a value's move throws after its place was taken, and nobody is told that nothing will come.
  // WAKE-RECV.
  a16,
  // tokio #2020, crossbeam #997: a receive waits while a sender is stalled, though the value of another, whose send has
  // ended, is behind it: a send has its place before the caller's code, which moves the value, has run. WAKE-RECV.
  a18,
  // moodycamel #289, Boost e96516d1: deadlines are on a clock that can be set. When it is set forward, who waits gives
  // up early. TIMEOUT-CLEAN.
  m18,
  // tokio #7094: the receiver's drop destroys what is left, until a destructor throws; the rest stays. LIFETIME.
  m26,
  // Dekaf #895, Nim's `ready`: one flag for several threads that wait; the first that goes takes it down. WAKE-SEND.
  m34,
};

}  // namespace plumbline::zoo
