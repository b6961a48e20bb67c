//! The order of things within a turn.

use std::net::UdpSocket;

use rustix::event::{EventfdFlags, eventfd};

use super::*;
use crate::media::codec::Codec;
use crate::media::command::{MediaSession, SilenceWatch};
use crate::media::events::SharedCounters;
use crate::media::ports::PortAllocator;

/// A phone may speak as soon as its answer has been taken: its session and its first packet come in one turn.
#[test]
fn a_packet_that_was_sent_after_an_order_finds_it_obeyed() {
    let wake = Arc::new(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).expect("a descriptor"));
    let (orders, ordered) = crossbeam_channel::unbounded();
    let (tell, told) = crossbeam_channel::unbounded();
    let outbox = Outbox::new(tell, Arc::new(|| {}), Arc::new(SharedCounters::default()));
    let prompts = Arc::new(PromptLibrary::new());
    let mut worker = Worker::new(Arc::clone(&wake), ordered, outbox, prompts, 1).expect("a poller");
    let mut ready = Vec::with_capacity(SOCKETS_PER_TURN);
    let order = |command| {
        orders.send(Order::Command(command)).expect("the worker is there");
        rustix::io::write(&wake, &1u64.to_ne_bytes()).expect("it is woken");
    };
    let loopback = "127.0.0.1".parse().expect("an address");
    let mut allocator = PortAllocator::new(&(39_500..=39_599), 0).expect("a range");
    let ports = allocator.bind(loopback).expect("free ports");
    let ours = ports.rtp_address();
    let leg = MediaLeg(1);
    order(MediaCommand::Open { leg, ports, group: 0 });
    assert!(worker.turn(&mut ready));

    let phone = UdpSocket::bind((loopback, 0)).expect("a socket");
    let remote = phone.local_addr().expect("bound");
    let session = MediaSession {
        remote,
        remote_rtcp: remote,
        codec: Codec::Pcmu,
        payload_type: 0,
        telephone_event: None,
        send: true,
        receive: true,
        symmetric: false,
        silence: SilenceWatch::Off,
    };
    order(MediaCommand::Configure { leg, session });
    let mut packet = vec![0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1];
    packet.resize(172, 0x55);
    phone.send_to(&packet, ours).expect("loopback takes it");
    assert!(worker.turn(&mut ready));
    worker.outbox.flush();
    assert!(
        told.try_iter().any(|event| matches!(event, MediaEvent::FirstPacket { leg: MediaLeg(1) })),
        "the packet was thrown away"
    );
}
