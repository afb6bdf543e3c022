// What every Rust channel here has in common: the C interface of plumbline/plugin.h, made out of one trait. A channel is
// a type that implements Kind: what it declares, how it is made, and which operations it has.

#![allow(non_camel_case_types)]

use std::cell::UnsafeCell;
use std::ffi::c_void;
use std::os::raw::c_char;
use std::time::Duration;

const ABI: u32 = 1;
const MAX_SENDERS: usize = 8;
const UNBOUNDED: u64 = u64::MAX;

// How an operation ended. A receive brings its value, so that none can be forgotten.
#[repr(i32)]
#[derive(Clone, Copy)]
#[allow(dead_code)] // not every library here has a channel for each of them
pub enum Refusal {
    Full = 2,
    Empty = 3,
    Timeout = 4,
    Disconnected = 5,
}
pub type Sent = Result<(), Refusal>;
pub type Received = Result<u64, Refusal>;
pub type Send<K> = fn(&<K as Kind>::Sender, u64) -> Sent;
pub type SendFor<K> = fn(&<K as Kind>::Sender, u64, Duration) -> Sent;
pub type Recv<K> = fn(&mut <K as Kind>::Receiver) -> Received;
pub type RecvFor<K> = fn(&mut <K as Kind>::Receiver, Duration) -> Received;
const OK: i32 = 1;

// One kind of channel. An operation that is None is one that the channel lacks.
pub trait Kind: Sized + 'static {
    type Sender: Clone;
    type Receiver;

    const NAME: &'static str; // these four with a \0 at the end: they go to C
    const VERSION: &'static str;
    const EMPTY: &'static str = "honest\0";
    const FULL: &'static str = "honest\0";
    const UNBOUNDED: bool;
    const CAPACITIES: Option<(u64, u64)>; // the smallest and the largest bound

    fn make(capacity: Option<usize>) -> (Self::Sender, Self::Receiver);

    const SEND: Option<Send<Self>>;
    const TRY_SEND: Option<Send<Self>> = None;
    const SEND_FOR: Option<SendFor<Self>> = None;
    const RECV: Option<Recv<Self>>;
    const TRY_RECV: Option<Recv<Self>> = None;
    const RECV_FOR: Option<RecvFor<Self>> = None;
}

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

const fn text(with_nul: &'static str) -> *const c_char {
    with_nul.as_ptr() as *const c_char
}

const fn bounds(capacities: Option<(u64, u64)>) -> (u64, u64) {
    match capacities {
        Some(both) => both,
        None => (1, 0), // no bounded one
    }
}

// Every channel of Rust is held to everything but what its Kind says of `empty` and `full`: one FIFO for all senders,
// and each end hears when the other is gone.
pub trait Plugged: Kind {
    const PLUGIN: Plugin = Plugin {
        abi: ABI,
        size: std::mem::size_of::<Plugin>() as u32,
        name: text(Self::NAME),
        version: text(Self::VERSION),
        order: text("linearizable\0"),
        empty: text(Self::EMPTY),
        full: text(Self::FULL),
        capacity: text(if Self::CAPACITIES.is_some() { "exact\0" } else { "unbounded\0" }),
        disconnect: text("both\0"),
        unbounded: Self::UNBOUNDED as u32,
        reserved: 0,
        smallest_capacity: bounds(Self::CAPACITIES).0,
        largest_capacity: bounds(Self::CAPACITIES).1,
        create: create::<Self>,
        destroy: destroy::<Self>,
        send: if Self::SEND.is_some() { Some(send::<Self>) } else { None },
        try_send: if Self::TRY_SEND.is_some() { Some(try_send::<Self>) } else { None },
        send_for: if Self::SEND_FOR.is_some() { Some(send_for::<Self>) } else { None },
        clone: Some(clone::<Self>),
        drop_sender: Some(drop_sender::<Self>),
        recv: if Self::RECV.is_some() { Some(recv::<Self>) } else { None },
        try_recv: if Self::TRY_RECV.is_some() { Some(try_recv::<Self>) } else { None },
        recv_for: if Self::RECV_FOR.is_some() { Some(recv_for::<Self>) } else { None },
        drop_receiver: Some(drop_receiver::<Self>),
    };
}
impl<K: Kind> Plugged for K {}

// One channel. Each sender has a cell of its own, since not every Sender is Sync (std's was not before Rust 1.72): the
// oracle uses a sender, and the receiver, by one thread at a time, so nothing here is shared, and nothing is locked.
struct Channel<K: Kind> {
    senders: Vec<UnsafeCell<Option<K::Sender>>>,
    receiver: UnsafeCell<Option<K::Receiver>>,
}

unsafe fn sender_cell<'a, K: Kind>(channel: channel_ptr, number: u32) -> &'a mut Option<K::Sender> {
    let all = &*(channel as *const Channel<K>);
    &mut *all.senders[number as usize].get()
}
unsafe fn sender<'a, K: Kind>(channel: channel_ptr, number: u32) -> &'a K::Sender {
    sender_cell::<K>(channel, number).as_ref().unwrap()
}
unsafe fn receiver_cell<'a, K: Kind>(channel: channel_ptr) -> &'a mut Option<K::Receiver> {
    let all = &*(channel as *const Channel<K>);
    &mut *all.receiver.get()
}
unsafe fn receiver<'a, K: Kind>(channel: channel_ptr) -> &'a mut K::Receiver {
    receiver_cell::<K>(channel).as_mut().unwrap()
}

unsafe extern "C" fn create<K: Kind>(capacity: u64, senders: u32) -> channel_ptr {
    let (first, receiver) = K::make(if capacity == UNBOUNDED { None } else { Some(capacity as usize) });
    let mut cells: Vec<_> = (1..senders).map(|_| UnsafeCell::new(Some(first.clone()))).collect();
    cells.insert(0, UnsafeCell::new(Some(first)));
    cells.resize_with(MAX_SENDERS, || UnsafeCell::new(None));
    Box::into_raw(Box::new(Channel::<K> { senders: cells, receiver: UnsafeCell::new(Some(receiver)) })) as channel_ptr
}
unsafe extern "C" fn destroy<K: Kind>(channel: channel_ptr) {
    drop(Box::from_raw(channel as *mut Channel<K>));
}

fn sent(result: Sent) -> i32 {
    match result {
        Ok(()) => OK,
        Err(why) => why as i32,
    }
}
unsafe fn received(result: Received, value: *mut u64) -> i32 {
    match result {
        Ok(taken) => {
            *value = taken;
            OK
        }
        Err(why) => why as i32,
    }
}

// Only what plugin() has found to be there is called.
unsafe extern "C" fn send<K: Kind>(channel: channel_ptr, number: u32, value: u64) -> i32 {
    sent(K::SEND.unwrap()(sender::<K>(channel, number), value))
}
unsafe extern "C" fn try_send<K: Kind>(channel: channel_ptr, number: u32, value: u64) -> i32 {
    sent(K::TRY_SEND.unwrap()(sender::<K>(channel, number), value))
}
unsafe extern "C" fn send_for<K: Kind>(channel: channel_ptr, number: u32, value: u64, nanoseconds: u64) -> i32 {
    sent(K::SEND_FOR.unwrap()(sender::<K>(channel, number), value, Duration::from_nanos(nanoseconds)))
}
unsafe extern "C" fn clone<K: Kind>(channel: channel_ptr, number: u32, new_number: u32) {
    *sender_cell::<K>(channel, new_number) = Some(sender::<K>(channel, number).clone());
}
unsafe extern "C" fn drop_sender<K: Kind>(channel: channel_ptr, number: u32) {
    *sender_cell::<K>(channel, number) = None;
}
unsafe extern "C" fn recv<K: Kind>(channel: channel_ptr, value: *mut u64) -> i32 {
    received(K::RECV.unwrap()(receiver::<K>(channel)), value)
}
unsafe extern "C" fn try_recv<K: Kind>(channel: channel_ptr, value: *mut u64) -> i32 {
    received(K::TRY_RECV.unwrap()(receiver::<K>(channel)), value)
}
unsafe extern "C" fn recv_for<K: Kind>(channel: channel_ptr, value: *mut u64, nanoseconds: u64) -> i32 {
    received(K::RECV_FOR.unwrap()(receiver::<K>(channel), Duration::from_nanos(nanoseconds)), value)
}
unsafe extern "C" fn drop_receiver<K: Kind>(channel: channel_ptr) {
    *receiver_cell::<K>(channel) = None;
}

// The function that a plug-in exports, for these kinds.
#[macro_export]
macro_rules! export {
    ($($kind:ty),+) => {
        static PLUGINS: &[Plugin] = &[$(<$kind>::PLUGIN),+];

        #[no_mangle]
        pub extern "C" fn plumbline_plugin_channel(index: u32) -> *const Plugin {
            PLUGINS.get(index as usize).map_or(std::ptr::null(), |found| found)
        }
    };
}
