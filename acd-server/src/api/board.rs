//! `acd.v1.Board`: the live board, once or as it changes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use acd_core::{RefusalReason, Timestamp};
use acd_proto::v1;
use reports::SeatCounts;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};

use super::{NodeFacts, screen};
use crate::limits::{BOARD_INTERVAL, BOARD_INTERVAL_MIN, BOARD_WATCHERS_MAX};
use crate::observer::{Rate, View};
use crate::plan::PlanFile;

#[derive(Debug)]
pub(super) struct Board {
    node: Arc<NodeFacts>,
    places: Arc<Semaphore>,
    stopping: watch::Receiver<bool>,
}

impl Board {
    pub(super) fn new(node: Arc<NodeFacts>, stopping: watch::Receiver<bool>) -> Self {
        Self { node, places: Arc::new(Semaphore::new(BOARD_WATCHERS_MAX)), stopping }
    }
}

#[tonic::async_trait]
impl v1::board_server::Board for Board {
    type WatchStream = ReceiverStream<Result<v1::BoardView, Status>>;

    async fn get(&self, _request: Request<v1::GetBoardRequest>) -> Result<Response<v1::BoardView>, Status> {
        Ok(Response::new(board(&self.node)))
    }

    async fn watch(
        &self,
        request: Request<v1::WatchBoardRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let interval = match request.into_inner().interval_ms {
            0 => BOARD_INTERVAL,
            millis => Duration::from_millis(millis.into()).max(BOARD_INTERVAL_MIN),
        };
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| {
            Status::resource_exhausted(format!(
                "{BOARD_WATCHERS_MAX} watch the board already: end one, or use Get"
            ))
        })?;
        let (sender, receiver) = mpsc::channel(1);
        let (node, mut stopping) = (Arc::clone(&self.node), self.stopping.clone());
        tokio::spawn(async move {
            let _place = place;
            let watching = send_boards(&node, interval, &sender);
            tokio::select! {
                () = watching => {}
                () = sender.closed() => {}
                _ = stopping.wait_for(|stop| *stop) => {}
            }
        });
        Ok(Response::new(ReceiverStream::new(receiver)))
    }
}

/// The board, then again whenever it has changed, until nobody listens. What changes while the client is busy is in its
/// next board.
async fn send_boards(
    node: &NodeFacts,
    interval: Duration,
    sender: &mpsc::Sender<Result<v1::BoardView, Status>>,
) {
    let mut changes = node.shared.changes();
    let mut sent = None;
    loop {
        changes.mark_unchanged();
        let now = board(node);
        // The clock alone is no change.
        let same = sent.as_ref().is_some_and(|sent: &v1::BoardView| {
            *sent == v1::BoardView { time_ms: sent.time_ms, ..now.clone() }
        });
        if !same {
            sent = Some(now.clone());
            if sender.send(Ok(now)).await.is_err() {
                return;
            }
        }
        tokio::time::sleep(interval).await;
        if changes.changed().await.is_err() {
            return;
        }
    }
}

fn board(node: &NodeFacts) -> v1::BoardView {
    let plan = node.shared.plan();
    let view = node.shared.view();
    of(&view, &plan)
}

fn of(view: &View, plan: &PlanFile) -> v1::BoardView {
    let board = &view.board;
    let (_, sequence) = board.last().unwrap_or((view.now(), 0));
    let counts = board.seat_counts();
    v1::BoardView {
        time_ms: view.now().as_millis(),
        sequence,
        calls_in_progress: board.calls_in_progress() as u64,
        tenants: board.tenants().keys().map(|&tenant| tenant_board(view, plan, tenant)).collect(),
        seat_counts: Some(seat_counts(counts)),
        seats: board.seats().iter().map(|(seat, state)| screen::seat(board, plan, *seat, *state)).collect(),
        refused: refusals(board.refused()),
    }
}

fn tenant_board(view: &View, plan: &PlanFile, tenant: acd_core::TenantId) -> v1::TenantBoard {
    let board = &view.board;
    let shown = &board.tenants()[&tenant];
    let planned = plan.core.tenants.get(&tenant);
    let handled_by = plan.handled_by(tenant);
    v1::TenantBoard {
        tenant: tenant.to_string(),
        title: planned.map_or_else(String::new, |planned| planned.title.clone()),
        capacity: shown.capacity.map(Into::into),
        lines: Some(board.lines(tenant).into()),
        longest_wait_since_time_ms: board.longest_wait_since(tenant).map(Timestamp::as_millis),
        blocked_since_time_ms: shown.blocked_since.map(Timestamp::as_millis),
        seat_lines_full_since_time_ms: shown.seat_lines_full_since.map(Timestamp::as_millis),
        offered: shown.offered,
        outcomes: shown
            .outcomes
            .iter()
            .map(|(outcome, calls)| v1::OutcomeCount {
                outcome: v1::Outcome::from(*outcome).into(),
                calls: *calls,
            })
            .collect(),
        closed: shown.closed,
        refused: refusals(&shown.refused),
        hour: Some(rate(view.day.this_hour(tenant, handled_by))),
        day: Some(rate(view.day.today(tenant, handled_by))),
        response_target_permille: planned
            .and_then(|planned| planned.response_rate_target_permille)
            .map(Into::into),
    }
}

const fn rate(Rate { offered, handled }: Rate) -> v1::ResponseRate {
    v1::ResponseRate { offered, handled }
}

fn refusals(refused: &BTreeMap<RefusalReason, u64>) -> Vec<v1::RefusalCount> {
    refused
        .iter()
        .map(|(reason, calls)| v1::RefusalCount {
            reason: v1::RefusalReason::from(*reason).into(),
            calls: *calls,
        })
        .collect()
}

const fn seat_counts(counts: SeatCounts) -> v1::SeatCounts {
    let SeatCounts {
        logged_out,
        ready,
        ringing,
        talking,
        outbound,
        wrap_up,
        paused,
        not_answering,
        unreachable,
    } = counts;
    v1::SeatCounts {
        logged_out,
        ready,
        ringing,
        talking,
        outbound,
        wrap_up,
        paused,
        not_answering,
        unreachable,
    }
}
