// Rust's std::sync::mpsc under the oracle: a plug-in over plumbline/plugin.h, in one file and without crates. Two
// channels, for they differ in what they can do: rust-std is channel(), rust-std-sync is sync_channel(n).
//
// Both are held to everything: std promises one FIFO for all senders, and that each end hears when the other is gone.
// send_timeout is not on stable Rust, so send_for is left out.
//
//     PLUMBLINE_CHANNEL_VERSION=1.95 rustc --edition 2021 -O --crate-type cdylib -C panic=abort rust_std.rs
//
// `--cfg recv_timeout_panics` leaves recv_for out: before Rust 1.67 recv_timeout could panic on a correct program
// (rust-lang/rust#39364).

#![allow(non_camel_case_types)]

use std::cell::UnsafeCell;
use std::ffi::c_void;
use std::os::raw::c_char;
use std::ptr::null;
use std::sync::mpsc::{channel, sync_channel, Receiver, RecvTimeoutError, SendError, Sender, SyncSender, TryRecvError, TrySendError};
use std::time::Duration;

const ABI: u32 = 1;
const MAX_SENDERS: usize = 8;
const OK: i32 = 1;
const FULL: i32 = 2;
const EMPTY: i32 = 3;
const TIMEOUT: i32 = 4;
const DISCONNECTED: i32 = 5;

type channel_ptr = *mut c_void;
type send_fn = unsafe extern "C" fn(channel_ptr, u32, u64) -> i32;
type send_for_fn = unsafe extern "C" fn(channel_ptr, u32, u64, u64) -> i32;
type recv_fn = unsafe extern "C" fn(channel_ptr, *mut u64) -> i32;
type recv_for_fn = unsafe extern "C" fn(channel_ptr, *mut u64, u64) -> i32;

// struct plumbline_plugin, member by member.
#[repr(C)]
pub struct Plugin {
    abi: u32,
    size: u32,
    name: *const c_char,
    version: *const c_char,
    order: *const c_char,
    empty: *const c_char,
    full: *const c_char,
    capacity: *const c_char,
    disconnect: *const c_char,
    unbounded: u32,
    reserved: u32,
    smallest_capacity: u64,
    largest_capacity: u64,
    create: unsafe extern "C" fn(u64, u32) -> channel_ptr,
    destroy: unsafe extern "C" fn(channel_ptr),
    send: Option<send_fn>,
    try_send: Option<send_fn>,
    send_for: Option<send_for_fn>,
    clone: Option<unsafe extern "C" fn(channel_ptr, u32, u32)>,
    drop_sender: Option<unsafe extern "C" fn(channel_ptr, u32)>,
    recv: Option<recv_fn>,
    try_recv: Option<recv_fn>,
    recv_for: Option<recv_for_fn>,
    drop_receiver: Option<unsafe extern "C" fn(channel_ptr)>,
}
unsafe impl Sync for Plugin {} // its pointers are to constants

// Either kind of sender.
trait Sending: Clone {
    fn send(&self, value: u64) -> Result<(), SendError<u64>>;
}
impl Sending for Sender<u64> {
    fn send(&self, value: u64) -> Result<(), SendError<u64>> {
        Sender::send(self, value)
    }
}
impl Sending for SyncSender<u64> {
    fn send(&self, value: u64) -> Result<(), SendError<u64>> {
        SyncSender::send(self, value)
    }
}

// One channel. Each sender has a cell of its own, since Sender was not Sync before Rust 1.72: the oracle uses a sender,
// and the receiver, by one thread at a time, so nothing here is shared, and nothing is locked.
struct Channel<S> {
    senders: Vec<UnsafeCell<Option<S>>>,
    receiver: UnsafeCell<Option<Receiver<u64>>>,
}

impl<S: Sending> Channel<S> {
    fn boxed(first: S, receiver: Receiver<u64>, senders: u32) -> channel_ptr {
        let mut cells: Vec<_> = (1..senders).map(|_| UnsafeCell::new(Some(first.clone()))).collect();
        cells.insert(0, UnsafeCell::new(Some(first)));
        cells.resize_with(MAX_SENDERS, || UnsafeCell::new(None));
        Box::into_raw(Box::new(Channel { senders: cells, receiver: UnsafeCell::new(Some(receiver)) })) as channel_ptr
    }
}

unsafe fn sender<'a, S>(channel: channel_ptr, number: u32) -> &'a mut Option<S> {
    let all = &*(channel as *const Channel<S>);
    &mut *all.senders[number as usize].get()
}
unsafe fn receiver<'a, S>(channel: channel_ptr) -> &'a mut Option<Receiver<u64>> {
    let all = &*(channel as *const Channel<S>);
    &mut *all.receiver.get()
}

unsafe extern "C" fn create_unbounded(_capacity: u64, senders: u32) -> channel_ptr {
    let (tx, rx) = channel();
    Channel::boxed(tx, rx, senders)
}
unsafe extern "C" fn create_bounded(capacity: u64, senders: u32) -> channel_ptr {
    let (tx, rx) = sync_channel(capacity as usize);
    Channel::boxed(tx, rx, senders)
}
unsafe extern "C" fn destroy<S>(channel: channel_ptr) {
    drop(Box::from_raw(channel as *mut Channel<S>));
}

unsafe extern "C" fn send<S: Sending>(channel: channel_ptr, number: u32, value: u64) -> i32 {
    match sender::<S>(channel, number).as_ref().unwrap().send(value) {
        Ok(()) => OK,
        Err(SendError(_)) => DISCONNECTED,
    }
}
unsafe extern "C" fn try_send(channel: channel_ptr, number: u32, value: u64) -> i32 {
    match sender::<SyncSender<u64>>(channel, number).as_ref().unwrap().try_send(value) {
        Ok(()) => OK,
        Err(TrySendError::Full(_)) => FULL,
        Err(TrySendError::Disconnected(_)) => DISCONNECTED,
    }
}
unsafe extern "C" fn clone<S: Sending>(channel: channel_ptr, number: u32, new_number: u32) {
    *sender::<S>(channel, new_number) = sender::<S>(channel, number).clone();
}
unsafe extern "C" fn drop_sender<S>(channel: channel_ptr, number: u32) {
    *sender::<S>(channel, number) = None;
}

unsafe extern "C" fn recv<S>(channel: channel_ptr, value: *mut u64) -> i32 {
    match receiver::<S>(channel).as_ref().unwrap().recv() {
        Ok(taken) => {
            *value = taken;
            OK
        }
        Err(_) => DISCONNECTED,
    }
}
unsafe extern "C" fn try_recv<S>(channel: channel_ptr, value: *mut u64) -> i32 {
    match receiver::<S>(channel).as_ref().unwrap().try_recv() {
        Ok(taken) => {
            *value = taken;
            OK
        }
        Err(TryRecvError::Empty) => EMPTY,
        Err(TryRecvError::Disconnected) => DISCONNECTED,
    }
}
#[cfg_attr(recv_timeout_panics, allow(dead_code))]
unsafe extern "C" fn recv_for<S>(channel: channel_ptr, value: *mut u64, nanoseconds: u64) -> i32 {
    match receiver::<S>(channel).as_ref().unwrap().recv_timeout(Duration::from_nanos(nanoseconds)) {
        Ok(taken) => {
            *value = taken;
            OK
        }
        Err(RecvTimeoutError::Timeout) => TIMEOUT,
        Err(RecvTimeoutError::Disconnected) => DISCONNECTED,
    }
}
unsafe extern "C" fn drop_receiver<S>(channel: channel_ptr) {
    *receiver::<S>(channel) = None;
}

#[cfg(recv_timeout_panics)]
const fn recv_for_if_sound<S>() -> Option<recv_for_fn> {
    None
}
#[cfg(not(recv_timeout_panics))]
const fn recv_for_if_sound<S>() -> Option<recv_for_fn> {
    Some(recv_for::<S>)
}

// A C string of a literal.
macro_rules! text {
    ($literal:expr) => {
        concat!($literal, "\0").as_ptr() as *const c_char
    };
}

static UNBOUNDED: Plugin = Plugin {
    abi: ABI,
    size: std::mem::size_of::<Plugin>() as u32,
    name: text!("rust-std"),
    version: text!(env!("PLUMBLINE_CHANNEL_VERSION")),
    order: null(), // the strongest word of each
    empty: null(),
    full: null(),
    capacity: text!("unbounded"),
    disconnect: null(),
    unbounded: 1,
    reserved: 0,
    smallest_capacity: 1,
    largest_capacity: 0,
    create: create_unbounded,
    destroy: destroy::<Sender<u64>>,
    send: Some(send::<Sender<u64>>),
    try_send: None,
    send_for: None,
    clone: Some(clone::<Sender<u64>>),
    drop_sender: Some(drop_sender::<Sender<u64>>),
    recv: Some(recv::<Sender<u64>>),
    try_recv: Some(try_recv::<Sender<u64>>),
    recv_for: recv_for_if_sound::<Sender<u64>>(),
    drop_receiver: Some(drop_receiver::<Sender<u64>>),
};

static BOUNDED: Plugin = Plugin {
    abi: ABI,
    size: std::mem::size_of::<Plugin>() as u32,
    name: text!("rust-std-sync"),
    version: text!(env!("PLUMBLINE_CHANNEL_VERSION")),
    order: null(),
    empty: null(),
    full: null(),
    capacity: text!("exact"),
    disconnect: null(),
    unbounded: 0,
    reserved: 0,
    smallest_capacity: 0,
    largest_capacity: 1 << 20, // its buffer is allocated at once
    create: create_bounded,
    destroy: destroy::<SyncSender<u64>>,
    send: Some(send::<SyncSender<u64>>),
    try_send: Some(try_send),
    send_for: None,
    clone: Some(clone::<SyncSender<u64>>),
    drop_sender: Some(drop_sender::<SyncSender<u64>>),
    recv: Some(recv::<SyncSender<u64>>),
    try_recv: Some(try_recv::<SyncSender<u64>>),
    recv_for: recv_for_if_sound::<SyncSender<u64>>(),
    drop_receiver: Some(drop_receiver::<SyncSender<u64>>),
};

#[no_mangle]
pub extern "C" fn plumbline_plugin_channel(index: u32) -> *const Plugin {
    match index {
        0 => &UNBOUNDED,
        1 => &BOUNDED,
        _ => null(),
    }
}
