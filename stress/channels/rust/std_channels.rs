// Rust's std::sync::mpsc under the oracle, by rustc alone and without crates. Two channels, for they differ in what they
// can do: rust-std is channel(), rust-std-sync is sync_channel(n), which is a rendezvous channel with 0.
//
// The documentation of std::sync::mpsc promises a "FIFO queue" whose receiver gets what was sent before the last sender
// went, and errors at either end once the other is gone. send_timeout is not on stable Rust, so send_for is left out.
//
//     PLUMBLINE_CHANNEL_VERSION=1.95 rustc --edition 2021 -O --crate-type cdylib -C panic=abort std_channels.rs
//
// `--cfg recv_timeout_panics` leaves recv_for out: before Rust 1.67 recv_timeout could panic on a correct program
// (rust-lang/rust#39364).

#[macro_use]
mod plugin;

use plugin::{Kind, Plugged, Plugin, Received, Recv, RecvFor, Refusal, Send};
#[cfg(not(recv_timeout_panics))]
use std::sync::mpsc::RecvTimeoutError;
use std::sync::mpsc::{channel, sync_channel, Receiver, Sender, SyncSender, TryRecvError, TrySendError};

const VERSION: &str = concat!(env!("PLUMBLINE_CHANNEL_VERSION"), "\0");

fn recv(end: &mut Receiver<u64>) -> Received {
    end.recv().map_err(|_| Refusal::Disconnected)
}
fn try_recv(end: &mut Receiver<u64>) -> Received {
    end.try_recv().map_err(|why| match why {
        TryRecvError::Empty => Refusal::Empty,
        TryRecvError::Disconnected => Refusal::Disconnected,
    })
}
#[cfg(recv_timeout_panics)]
const RECV_FOR: Option<RecvFor<Unbounded>> = None;
#[cfg(not(recv_timeout_panics))]
const RECV_FOR: Option<RecvFor<Unbounded>> = Some(|end, patience| {
    end.recv_timeout(patience).map_err(|why| match why {
        RecvTimeoutError::Timeout => Refusal::Timeout,
        RecvTimeoutError::Disconnected => Refusal::Disconnected,
    })
});

struct Unbounded;
impl Kind for Unbounded {
    type Sender = Sender<u64>;
    type Receiver = Receiver<u64>;
    const NAME: &'static str = "rust-std\0";
    const VERSION: &'static str = VERSION;
    const UNBOUNDED: bool = true;
    const CAPACITIES: Option<(u64, u64)> = None;
    fn make(_: Option<usize>) -> (Sender<u64>, Receiver<u64>) {
        channel()
    }
    const SEND: Option<Send<Self>> = Some(|end, value| end.send(value).map_err(|_| Refusal::Disconnected));
    const RECV: Option<Recv<Self>> = Some(recv);
    const TRY_RECV: Option<Recv<Self>> = Some(try_recv);
    const RECV_FOR: Option<RecvFor<Self>> = RECV_FOR;
}

struct Bounded;
impl Kind for Bounded {
    type Sender = SyncSender<u64>;
    type Receiver = Receiver<u64>;
    const NAME: &'static str = "rust-std-sync\0";
    const VERSION: &'static str = VERSION;
    const UNBOUNDED: bool = false;
    const CAPACITIES: Option<(u64, u64)> = Some((0, 1 << 20)); // its buffer is allocated at once
    fn make(capacity: Option<usize>) -> (SyncSender<u64>, Receiver<u64>) {
        sync_channel(capacity.unwrap())
    }
    const SEND: Option<Send<Self>> = Some(|end, value| end.send(value).map_err(|_| Refusal::Disconnected));
    const TRY_SEND: Option<Send<Self>> = Some(|end, value| {
        end.try_send(value).map_err(|why| match why {
            TrySendError::Full(_) => Refusal::Full,
            TrySendError::Disconnected(_) => Refusal::Disconnected,
        })
    });
    const RECV: Option<Recv<Self>> = Some(recv);
    const TRY_RECV: Option<Recv<Self>> = Some(try_recv);
    const RECV_FOR: Option<RecvFor<Self>> = RECV_FOR;
}

export!(Unbounded, Bounded);
