//! `acd.v1.Facts`: the journal's facts from any sequence number on, then those that come.

use std::path::Path;
use std::sync::Arc;

use acd_proto::v1;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;
use tonic::metadata::MetadataValue;
use tonic::{Request, Response, Status};

use serde_json::json;

use super::filter::Filter;
use super::{NodeFacts, ending, journal_status};
use crate::clock::wall_clock;
use crate::exports::{self, Export};
use crate::journal::{FactReader, JournalError, Page};
use crate::limits::{
    FACT_STREAM_BOOKMARK_EVERY, FACT_STREAM_LOOK_EVERY, FACT_STREAM_QUEUE_MAX, FACT_STREAM_RETRIES_MAX,
    FACT_STREAM_RETRY, FACT_STREAMS_MAX, FACTS_PAGE_MAX,
};

/// The first sequence number that is kept, with OUT_OF_RANGE.
pub(super) const FIRST_AVAILABLE: &str = "acd-first-available-sequence";

/// The last sequence number there is, with OUT_OF_RANGE.
pub(super) const LAST_AVAILABLE: &str = "acd-last-available-sequence";

#[derive(Debug)]
pub(super) struct Facts {
    node: Arc<NodeFacts>,
    places: Arc<Semaphore>,
    stopping: watch::Receiver<bool>,
}

impl Facts {
    pub(super) fn new(node: Arc<NodeFacts>, stopping: watch::Receiver<bool>) -> Self {
        Self { node, places: Arc::new(Semaphore::new(FACT_STREAMS_MAX)), stopping }
    }
}

type Sender = mpsc::Sender<Result<v1::Fact, Status>>;

#[tonic::async_trait]
impl v1::facts_server::Facts for Facts {
    type StreamStream = ReceiverStream<Result<v1::Fact, Status>>;

    async fn stream(
        &self,
        request: Request<v1::StreamFactsRequest>,
    ) -> Result<Response<Self::StreamStream>, Status> {
        let who = request.remote_addr().map_or_else(|| "unknown".to_owned(), |it| it.ip().to_string());
        let v1::StreamFactsRequest { after_sequence, tenants, kinds, stop_at_end, with_numbers, purpose } =
            request.into_inner();
        let purpose = exports::purpose(&purpose).map_err(Status::invalid_argument)?;
        let range = json!({
            "after": after_sequence, "tenants": tenants, "kinds": kinds, "with_numbers": with_numbers,
        });
        let filter = Filter::new(&tenants, kinds)?;
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| {
            Status::resource_exhausted(format!(
                "{FACT_STREAMS_MAX} streams of facts are open already: end one"
            ))
        })?;
        let known = *self.node.shared.last_seq().borrow();
        let dir = self.node.data_dir.clone();
        let export = Export { purpose, what: "acd.v1.Facts/Stream".to_owned(), range, who };
        let opened = tokio::task::spawn_blocking(move || {
            let opened = open(&dir, after_sequence, known)?;
            // R-A14: what is not stated does not leave.
            exports::note(&dir, wall_clock(), &export)
                .map_err(|error| Status::unavailable(error.to_string()))?;
            Ok::<_, Status>(opened)
        });
        let (reader, last) = opened.await.map_err(|_| ending())??;
        let (sender, receiver) = mpsc::channel(FACT_STREAM_QUEUE_MAX);
        let follower = Follower {
            reader: Some(reader),
            filter,
            with_numbers,
            after: after_sequence,
            told: after_sequence,
            until: stop_at_end.then_some(last),
            news: self.node.shared.last_seq(),
            retries: 0,
        };
        let mut stopping = self.stopping.clone();
        tokio::spawn(async move {
            let _place = place;
            tokio::select! {
                () = follower.run(&sender) => {}
                () = sender.closed() => {}
                _ = stopping.wait_for(|stop| *stop) => {
                    // A client that does not read learns it from the end of the connection.
                    let _ = sender.try_send(Err(ending()));
                }
            }
        });
        Ok(Response::new(ReceiverStream::new(receiver)))
    }
}

/// A reader, if the facts after a sequence number can be had; and the last one that is durable.
fn open(dir: &Path, after: u64, known: u64) -> Result<(FactReader, u64), Status> {
    let read = || -> Result<_, JournalError> {
        let reader = FactReader::open(dir)?;
        let (first, last) = (reader.first()?, reader.last()?);
        Ok((reader, first, last))
    };
    let (reader, first, last) = read().map_err(|error| journal_status(&error))?;
    if after.saturating_add(1) < first || after > last.max(known) {
        return Err(out_of_range(after, first, last));
    }
    Ok((reader, last))
}

fn out_of_range(after: u64, first: u64, last: u64) -> Status {
    let mut status = Status::out_of_range(format!(
        "after_sequence {after}: the journal has the facts {first} to {last}; resume after {} at the earliest",
        first.saturating_sub(1)
    ));
    let trailer = status.metadata_mut();
    trailer.insert(FIRST_AVAILABLE, MetadataValue::from(first));
    trailer.insert(LAST_AVAILABLE, MetadataValue::from(last));
    status
}

/// One client's way through the journal.
struct Follower {
    /// Away while a blocking thread reads with it.
    reader: Option<FactReader>,
    filter: Filter,
    with_numbers: bool,
    /// The last fact that was looked at.
    after: u64,
    /// The last sequence number that the client has.
    told: u64,
    /// The last fact to be looked at.
    until: Option<u64>,
    news: watch::Receiver<u64>,
    /// Looks in vain for a fact that is said to be there.
    retries: u32,
}

/// What a look into the journal brought.
enum Look {
    Facts {
        wanted: Vec<v1::Fact>,
        after: u64,
        /// There may be more at once.
        full: bool,
    },
    Removed {
        first: u64,
        last: u64,
    },
}

impl Follower {
    async fn run(mut self, sender: &Sender) {
        if let Err(status) = self.follow(sender).await {
            // A client that has gone needs no reason.
            let _ = sender.send(Err(status)).await;
        }
    }

    async fn follow(&mut self, sender: &Sender) -> Result<(), Status> {
        loop {
            let full = match self.look().await? {
                Look::Removed { first, last } => return Err(out_of_range(self.after, first, last)),
                Look::Facts { wanted, after, full } => {
                    if after > self.after {
                        self.retries = 0;
                    }
                    self.after = after;
                    for fact in wanted {
                        self.told = fact.sequence;
                        if sender.send(Ok(fact)).await.is_err() {
                            return Ok(());
                        }
                    }
                    full
                }
            };
            if self.is_at_end() || self.after - self.told >= FACT_STREAM_BOOKMARK_EVERY {
                self.bookmark(sender).await;
            }
            if self.is_at_end() {
                return Ok(());
            }
            if !full && !self.wait().await {
                return Ok(());
            }
        }
    }

    fn is_at_end(&self) -> bool {
        self.until.is_some_and(|until| self.after >= until)
    }

    /// Tells the client how far the filter has come.
    async fn bookmark(&mut self, sender: &Sender) {
        if self.told < self.after {
            self.told = self.after;
            let bookmark = v1::Fact { sequence: self.after, ..v1::Fact::default() };
            // The next fact finds out whether the client has gone.
            let _ = sender.send(Ok(bookmark)).await;
        }
    }

    /// Waits for news; false when there will be none.
    async fn wait(&mut self) -> bool {
        if *self.news.borrow_and_update() > self.after && self.retries < FACT_STREAM_RETRIES_MAX {
            // Decided, and durable in a moment.
            self.retries += 1;
            tokio::time::sleep(FACT_STREAM_RETRY).await;
            return true;
        }
        // The time-out finds what the observer missed.
        !matches!(tokio::time::timeout(FACT_STREAM_LOOK_EVERY, self.news.changed()).await, Ok(Err(_)))
    }

    async fn look(&mut self) -> Result<Look, Status> {
        let Some(mut reader) = self.reader.take() else { return Err(ending()) };
        let (filter, with_numbers, after) = (self.filter.clone(), self.with_numbers, self.after);
        let until = self.until.unwrap_or(u64::MAX);
        let looked = tokio::task::spawn_blocking(move || {
            let look = look(&mut reader, &filter, with_numbers, after, until);
            (reader, look)
        });
        let (reader, look) = looked.await.map_err(|_| ending())?;
        self.reader = Some(reader);
        look.map_err(|error| journal_status(&error))
    }
}

fn look(
    reader: &mut FactReader,
    filter: &Filter,
    with_numbers: bool,
    after: u64,
    until: u64,
) -> Result<Look, JournalError> {
    let facts = match reader.page(after, FACTS_PAGE_MAX)? {
        Page::Facts(facts) => facts,
        Page::Removed { first } => return Ok(Look::Removed { first, last: reader.last()? }),
    };
    let full = facts.len() == FACTS_PAGE_MAX;
    let mut after = after;
    let mut wanted = Vec::new();
    for stored in facts.into_iter().take_while(|stored| stored.seq <= until) {
        after = stored.seq;
        if filter.wants(&stored, reader)? {
            wanted.push(v1::fact(stored.seq, stored.time, stored.record, &stored.fact, with_numbers));
        }
    }
    Ok(Look::Facts { wanted, after, full })
}
