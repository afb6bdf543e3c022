// The channels of crates.io under the oracle, each with the blocking operations that it has, and held to what its own
// documentation says.

#[macro_use]
mod plugin;

use plugin::{Kind, Plugged, Plugin, Recv, RecvFor, Refusal, Send, SendFor};

// Where a bounded buffer is allocated at once, larger ones than this make no sense here.
const LARGEST: u64 = 1 << 20;

// "VERSION\0" of a crate.
macro_rules! version {
    ($variable:literal) => {
        concat!(env!($variable), "\0")
    };
}

// crossbeam-channel. Its documentation, "Bounded vs unbounded channels": any number of messages or at most so many, and
// a zero-capacity channel on which send and receive must happen at the same time. try_send: "on zero-capacity channels,
// will send only if there happens to be a receive operation on the other side at the same time". "Disconnection": when
// all senders or all receivers are dropped; remaining messages can still be received.
struct Crossbeam;
impl Kind for Crossbeam {
    type Sender = crossbeam_channel::Sender<u64>;
    type Receiver = crossbeam_channel::Receiver<u64>;
    const NAME: &'static str = "crossbeam\0";
    const VERSION: &'static str = version!("CROSSBEAM_CHANNEL_VERSION");
    const UNBOUNDED: bool = true;
    const CAPACITIES: Option<(u64, u64)> = Some((0, LARGEST));
    fn make(capacity: Option<usize>) -> (Self::Sender, Self::Receiver) {
        capacity.map_or_else(crossbeam_channel::unbounded, crossbeam_channel::bounded)
    }
    const SEND: Option<Send<Self>> = Some(|end, value| end.send(value).map_err(|_| Refusal::Disconnected));
    const TRY_SEND: Option<Send<Self>> = Some(|end, value| {
        end.try_send(value).map_err(|why| if why.is_full() { Refusal::Full } else { Refusal::Disconnected })
    });
    const SEND_FOR: Option<SendFor<Self>> = Some(|end, value, patience| {
        end.send_timeout(value, patience).map_err(|why| {
            if why.is_timeout() {
                Refusal::Timeout
            } else {
                Refusal::Disconnected
            }
        })
    });
    const RECV: Option<Recv<Self>> = Some(|end| end.recv().map_err(|_| Refusal::Disconnected));
    const TRY_RECV: Option<Recv<Self>> =
        Some(|end| end.try_recv().map_err(|why| if why.is_empty() { Refusal::Empty } else { Refusal::Disconnected }));
    const RECV_FOR: Option<RecvFor<Self>> = Some(|end, patience| {
        end.recv_timeout(patience)
            .map_err(|why| if why.is_timeout() { Refusal::Timeout } else { Refusal::Disconnected })
    });
}

// flume. Its documentation: a "drop-in replacement for std::sync::mpsc" with unbounded, bounded and rendezvous queues
// ("Like std::sync::mpsc, flume supports 'rendezvous' channels"), and errors at either end once the other is gone.
struct Flume;
impl Kind for Flume {
    type Sender = flume::Sender<u64>;
    type Receiver = flume::Receiver<u64>;
    const NAME: &'static str = "flume\0";
    const VERSION: &'static str = version!("FLUME_VERSION");
    const UNBOUNDED: bool = true;
    const CAPACITIES: Option<(u64, u64)> = Some((0, LARGEST));
    fn make(capacity: Option<usize>) -> (Self::Sender, Self::Receiver) {
        capacity.map_or_else(flume::unbounded, flume::bounded)
    }
    const SEND: Option<Send<Self>> = Some(|end, value| end.send(value).map_err(|_| Refusal::Disconnected));
    const TRY_SEND: Option<Send<Self>> = Some(|end, value| {
        end.try_send(value).map_err(|why| match why {
            flume::TrySendError::Full(_) => Refusal::Full,
            flume::TrySendError::Disconnected(_) => Refusal::Disconnected,
        })
    });
    const SEND_FOR: Option<SendFor<Self>> = Some(|end, value, patience| {
        end.send_timeout(value, patience).map_err(|why| match why {
            flume::SendTimeoutError::Timeout(_) => Refusal::Timeout,
            flume::SendTimeoutError::Disconnected(_) => Refusal::Disconnected,
        })
    });
    const RECV: Option<Recv<Self>> = Some(|end| end.recv().map_err(|_| Refusal::Disconnected));
    const TRY_RECV: Option<Recv<Self>> = Some(|end| {
        end.try_recv().map_err(|why| match why {
            flume::TryRecvError::Empty => Refusal::Empty,
            flume::TryRecvError::Disconnected => Refusal::Disconnected,
        })
    });
    const RECV_FOR: Option<RecvFor<Self>> = Some(|end, patience| {
        end.recv_timeout(patience).map_err(|why| match why {
            flume::RecvTimeoutError::Timeout => Refusal::Timeout,
            flume::RecvTimeoutError::Disconnected => Refusal::Disconnected,
        })
    });
}

// kanal. Its documentation: bounded(n), bounded(0) and unbounded() channels after CSP; try_send and try_recv say `false`
// and `None` if they failed without waiting; the errors ReceiveClosed and SendClosed say that the other end is gone.
struct Kanal;
impl Kind for Kanal {
    type Sender = kanal::Sender<u64>;
    type Receiver = kanal::Receiver<u64>;
    const NAME: &'static str = "kanal\0";
    const VERSION: &'static str = version!("KANAL_VERSION");
    const UNBOUNDED: bool = true;
    const CAPACITIES: Option<(u64, u64)> = Some((0, LARGEST));
    fn make(capacity: Option<usize>) -> (Self::Sender, Self::Receiver) {
        capacity.map_or_else(kanal::unbounded, kanal::bounded)
    }
    const SEND: Option<Send<Self>> = Some(|end, value| end.send(value).map_err(|_| Refusal::Disconnected));
    const TRY_SEND: Option<Send<Self>> = Some(|end, value| match end.try_send(value) {
        Ok(true) => Ok(()),
        Ok(false) => Err(Refusal::Full),
        Err(_) => Err(Refusal::Disconnected),
    });
    const SEND_FOR: Option<SendFor<Self>> = Some(|end, value, patience| {
        end.send_timeout(value, patience).map_err(|why| match why {
            kanal::SendErrorTimeout::Timeout => Refusal::Timeout,
            _ => Refusal::Disconnected,
        })
    });
    const RECV: Option<Recv<Self>> = Some(|end| end.recv().map_err(|_| Refusal::Disconnected));
    const TRY_RECV: Option<Recv<Self>> = Some(|end| match end.try_recv() {
        Ok(Some(value)) => Ok(value),
        Ok(None) => Err(Refusal::Empty),
        Err(_) => Err(Refusal::Disconnected),
    });
}

// The same with recv_timeout: version 0.1.1 looks at the clock before it looks whether the last sender is gone, so with a
// patience that has passed it says `timeout` for ever on a channel that is disconnected. It is held to RECV-DISCONNECTED
// all the same, and breaks it; kanal itself is judged without that operation.
struct KanalRecvTimeout;
impl Kind for KanalRecvTimeout {
    type Sender = kanal::Sender<u64>;
    type Receiver = kanal::Receiver<u64>;
    const NAME: &'static str = "kanal-recv-timeout\0";
    const VERSION: &'static str = Kanal::VERSION;
    const UNBOUNDED: bool = Kanal::UNBOUNDED;
    const CAPACITIES: Option<(u64, u64)> = Kanal::CAPACITIES;
    fn make(capacity: Option<usize>) -> (Self::Sender, Self::Receiver) {
        Kanal::make(capacity)
    }
    const SEND: Option<Send<Self>> = Kanal::SEND;
    const TRY_SEND: Option<Send<Self>> = Kanal::TRY_SEND;
    const SEND_FOR: Option<SendFor<Self>> = Kanal::SEND_FOR;
    const RECV: Option<Recv<Self>> = Kanal::RECV;
    const TRY_RECV: Option<Recv<Self>> = Kanal::TRY_RECV;
    const RECV_FOR: Option<RecvFor<Self>> = Some(|end, patience| {
        end.recv_timeout(patience).map_err(|why| match why {
            kanal::ReceiveErrorTimeout::Timeout => Refusal::Timeout,
            _ => Refusal::Disconnected,
        })
    });
}

// tokio::sync::mpsc, from threads: "Communicating between sync and async code" in its documentation. The timed
// operations are async and need a runtime, so they are left out; and so is capacity 0, which panics. try_recv "will never
// return an Empty error spuriously".
struct TokioUnbounded;
impl Kind for TokioUnbounded {
    type Sender = tokio::sync::mpsc::UnboundedSender<u64>;
    type Receiver = tokio::sync::mpsc::UnboundedReceiver<u64>;
    const NAME: &'static str = "tokio-unbounded\0";
    const VERSION: &'static str = version!("TOKIO_VERSION");
    const UNBOUNDED: bool = true;
    const CAPACITIES: Option<(u64, u64)> = None;
    fn make(_: Option<usize>) -> (Self::Sender, Self::Receiver) {
        tokio::sync::mpsc::unbounded_channel()
    }
    const SEND: Option<Send<Self>> = Some(|end, value| end.send(value).map_err(|_| Refusal::Disconnected));
    const RECV: Option<Recv<Self>> = Some(|end| end.blocking_recv().ok_or(Refusal::Disconnected));
    const TRY_RECV: Option<Recv<Self>> = Some(|end| end.try_recv().map_err(tokio_refusal));
}

// The bounded one counts permits: a send takes one before it has put its value in, so try_send may say `full` of a channel
// in which nothing is to be found yet ("The capacity goes down when sending a value", Sender::capacity): full = spurious.
struct Tokio;
impl Kind for Tokio {
    type Sender = tokio::sync::mpsc::Sender<u64>;
    type Receiver = tokio::sync::mpsc::Receiver<u64>;
    const NAME: &'static str = "tokio\0";
    const VERSION: &'static str = version!("TOKIO_VERSION");
    const FULL: &'static str = "spurious\0";
    const UNBOUNDED: bool = false;
    const CAPACITIES: Option<(u64, u64)> = Some((1, LARGEST));
    fn make(capacity: Option<usize>) -> (Self::Sender, Self::Receiver) {
        tokio::sync::mpsc::channel(capacity.unwrap())
    }
    const SEND: Option<Send<Self>> = Some(|end, value| end.blocking_send(value).map_err(|_| Refusal::Disconnected));
    const TRY_SEND: Option<Send<Self>> = Some(|end, value| {
        end.try_send(value).map_err(|why| match why {
            tokio::sync::mpsc::error::TrySendError::Full(_) => Refusal::Full,
            tokio::sync::mpsc::error::TrySendError::Closed(_) => Refusal::Disconnected,
        })
    });
    const RECV: Option<Recv<Self>> = Some(|end| end.blocking_recv().ok_or(Refusal::Disconnected));
    const TRY_RECV: Option<Recv<Self>> = Some(|end| end.try_recv().map_err(tokio_refusal));
}

fn tokio_refusal(why: tokio::sync::mpsc::error::TryRecvError) -> Refusal {
    match why {
        tokio::sync::mpsc::error::TryRecvError::Empty => Refusal::Empty,
        tokio::sync::mpsc::error::TryRecvError::Disconnected => Refusal::Disconnected,
    }
}

export!(Crossbeam, Flume, Kanal, KanalRecvTimeout, Tokio, TokioUnbounded);
