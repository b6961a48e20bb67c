//! Commands to the loop, each done once: the same idempotency id gets the same answer.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use acd_proto::v1;
use tokio::sync::{oneshot, watch};
use tonic::Status;

use super::ending;
use crate::interfaces::{ControlFault, ControlRequest, Controls, Reply};
use crate::limits::{CONTROL_ANSWER_MAX, IDEMPOTENCY_ID_CHARS_MAX, IDEMPOTENCY_IDS_MAX, IDEMPOTENCY_KEPT};

/// An answer as the client gets it, and gets it again.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Answer {
    Seat(v1::CommandSeatResponse),
    Call(v1::CommandCallResponse),
    CallOut(v1::CallOutResponse),
    /// `None`: the plan has no such prompt.
    Guidance(Option<v1::SetEmergencyGuidanceResponse>),
    Reload(v1::ReloadPlanResponse),
    Drain(v1::DrainResponse),
}

/// What is known of a command: nothing yet, its answer, or that the loop has gone without one.
type Outcome = Option<Result<Answer, Ended>>;

#[derive(Clone, Copy, PartialEq, Debug)]
struct Ended;

/// The way to the loop, and the answers that it gave.
#[derive(Debug)]
pub(super) struct Commands {
    controls: Controls,
    answers: Mutex<Answers>,
    /// How long a client waits; shorter in tests.
    patience: Duration,
}

#[derive(Debug, Default)]
struct Answers {
    by_id: BTreeMap<String, Entry>,
    /// Ids from the oldest on.
    oldest: VecDeque<(Instant, String)>,
}

#[derive(Debug)]
struct Entry {
    /// What was asked, in words.
    command: String,
    outcome: watch::Receiver<Outcome>,
}

impl Commands {
    pub(super) fn new(controls: Controls) -> Self {
        Self { controls, answers: Mutex::default(), patience: CONTROL_ANSWER_MAX }
    }

    /// Gives a command to the loop and waits for the answer, or only for the answer if the id was seen before.
    /// `command` says in words what is asked, so that one id is not used for two commands.
    pub(super) async fn once<T: Send + 'static>(
        &self,
        id: &str,
        command: String,
        request: impl FnOnce(Reply<T>) -> ControlRequest,
        answer: fn(T) -> Answer,
    ) -> Result<Answer, Status> {
        check_id(id)?;
        let mut outcome = self.begin(id, command, request, answer)?;
        let known = tokio::time::timeout(self.patience, outcome.wait_for(Option::is_some)).await;
        match known {
            Ok(Ok(known)) => match &*known {
                Some(Ok(answer)) => Ok(answer.clone()),
                Some(Err(Ended)) | None => Err(ending()),
            },
            Ok(Err(_)) => Err(ending()),
            Err(_) => Err(Status::deadline_exceeded(
                "the switch has the command and has not answered yet: ask again with the same idempotency_id",
            )),
        }
    }

    /// Asks the loop for what changes nothing, and so may be asked again.
    pub(super) async fn ask<T>(&self, request: impl FnOnce(Reply<T>) -> ControlRequest) -> Result<T, Status> {
        let reply = self.controls.ask(request).map_err(untaken)?;
        match tokio::time::timeout(self.patience, reply).await {
            Ok(answer) => answer.map_err(|_| ending()),
            Err(_) => Err(Status::deadline_exceeded("the switch has not answered yet: ask again")),
        }
    }

    fn begin<T: Send + 'static>(
        &self,
        id: &str,
        command: String,
        request: impl FnOnce(Reply<T>) -> ControlRequest,
        answer: fn(T) -> Answer,
    ) -> Result<watch::Receiver<Outcome>, Status> {
        let now = Instant::now();
        let mut answers = self.answers();
        answers.forget(now);
        if let Some(entry) = answers.by_id.get(id) {
            if entry.command == command {
                return Ok(entry.outcome.clone());
            }
            return Err(Status::invalid_argument(
                "idempotency_id: it was used for another command; send a new one for each",
            ));
        }
        if answers.by_id.len() >= IDEMPOTENCY_IDS_MAX {
            return Err(busy());
        }
        let reply = self.controls.ask(request).map_err(untaken)?;
        let (known, outcome) = watch::channel(None);
        answers.by_id.insert(id.to_owned(), Entry { command, outcome: outcome.clone() });
        answers.oldest.push_back((now, id.to_owned()));
        // In a task of its own: a client that goes away does not lose the answer for its next try.
        tokio::spawn(note(reply, known, answer));
        Ok(outcome)
    }

    fn answers(&self) -> MutexGuard<'_, Answers> {
        // Nothing is done under the lock that could leave it half done.
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn note<T>(reply: oneshot::Receiver<T>, known: watch::Sender<Outcome>, answer: fn(T) -> Answer) {
    known.send_replace(Some(reply.await.map(answer).map_err(|_| Ended)));
}

impl Answers {
    fn forget(&mut self, now: Instant) {
        while let Some((since, _)) = self.oldest.front()
            && now.saturating_duration_since(*since) >= IDEMPOTENCY_KEPT
        {
            if let Some((_, id)) = self.oldest.pop_front() {
                self.by_id.remove(&id);
            }
        }
    }
}

fn check_id(id: &str) -> Result<(), Status> {
    let is_good =
        (1..=IDEMPOTENCY_ID_CHARS_MAX).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
    if is_good {
        return Ok(());
    }
    Err(Status::invalid_argument(format!(
        "idempotency_id: send 1 to {IDEMPOTENCY_ID_CHARS_MAX} letters, digits or signs without spaces, such as a UUID"
    )))
}

fn untaken(fault: ControlFault) -> Status {
    match fault {
        ControlFault::Busy => busy(),
        ControlFault::Ended => ending(),
    }
}

fn busy() -> Status {
    Status::resource_exhausted("too many commands wait, and this one was not taken: ask again in a moment")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::interfaces::{DrainResult, ReloadResult};

    fn commands() -> (Commands, crossbeam_channel::Receiver<ControlRequest>) {
        let (controls, requests) = Controls::new(Arc::new(|| ()));
        (Commands::new(controls), requests)
    }

    fn drained(result: DrainResult) -> Answer {
        Answer::Drain(v1::DrainResponse { already: result.already, ..v1::DrainResponse::default() })
    }

    fn reloaded(_: ReloadResult) -> Answer {
        Answer::Reload(v1::ReloadPlanResponse::default())
    }

    fn drain(commands: &Commands, id: &str) -> Result<watch::Receiver<Outcome>, tonic::Code> {
        commands
            .begin(id, "drain".to_owned(), |reply| ControlRequest::Drain { reply }, drained)
            .map_err(|status| status.code())
    }

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
    }

    #[test]
    fn no_more_answers_are_kept_than_there_is_room_for() {
        runtime().block_on(async {
            let (commands, requests) = commands();
            for id in 0..IDEMPOTENCY_IDS_MAX {
                drain(&commands, &id.to_string()).expect("room");
                requests.try_recv().expect("a command");
            }
            assert_eq!(drain(&commands, "one more").expect_err("no room"), tonic::Code::ResourceExhausted);
            assert!(requests.try_recv().is_err(), "nothing was done");
            assert!(drain(&commands, "17").is_ok(), "what is kept is still answered");

            let answers = &mut commands.answers();
            answers.forget(Instant::now() + IDEMPOTENCY_KEPT);
            assert_eq!((answers.by_id.len(), answers.oldest.len()), (0, 0));
        });
    }

    #[test]
    fn a_full_queue_takes_nothing_and_remembers_nothing() {
        runtime().block_on(async {
            let (commands, requests) = commands();
            let taken = (0..).take_while(|id| drain(&commands, &format!("{id}")).is_ok()).count();
            assert_eq!(taken, crate::limits::CONTROL_QUEUE_MAX);
            let refused = taken.to_string();
            assert_eq!(drain(&commands, &refused).expect_err("full"), tonic::Code::ResourceExhausted);
            while requests.try_recv().is_ok() {}
            drain(&commands, &refused).expect("room again");
            assert_eq!(requests.len(), 1, "the id that was refused is done now");
        });
    }

    #[test]
    fn a_client_that_waited_in_vain_gets_the_answer_when_it_asks_again() {
        runtime().block_on(async {
            let (mut commands, requests) = commands();
            commands.patience = Duration::ZERO;
            let ask =
                || commands.once("a", "drain".to_owned(), |reply| ControlRequest::Drain { reply }, drained);
            assert_eq!(ask().await.expect_err("too soon").code(), tonic::Code::DeadlineExceeded);
            let Ok(ControlRequest::Drain { reply }) = requests.try_recv() else { panic!("a drain") };
            let result = DrainResult {
                already: true,
                calls_in_progress: 0,
                until: acd_core::Timestamp::from_millis(0),
            };
            reply.send(result);
            commands.patience = Duration::from_secs(60);
            let again =
                commands.once("a", "drain".to_owned(), |reply| ControlRequest::Drain { reply }, drained);
            assert_eq!(again.await.expect("an answer"), drained(result));
            assert!(requests.try_recv().is_err(), "done once");
        });
    }

    #[test]
    fn an_id_names_one_command_and_a_loop_that_is_gone_says_so() {
        runtime().block_on(async {
            let (commands, requests) = commands();
            drain(&commands, "a").expect("room");
            let other = commands.begin(
                "a",
                "reload".to_owned(),
                |reply| ControlRequest::Reload { who: String::new(), reply },
                reloaded,
            );
            assert_eq!(other.expect_err("used").code(), tonic::Code::InvalidArgument);
            drop(requests.try_recv().expect("a drain"));
            drop(requests);
            let asked =
                commands.once("a", "drain".to_owned(), |reply| ControlRequest::Drain { reply }, drained);
            assert_eq!(asked.await.expect_err("gone").code(), tonic::Code::Unavailable);
            assert_eq!(drain(&commands, "b").expect_err("gone"), tonic::Code::Unavailable);
        });
    }

    #[test]
    fn an_id_is_short_and_plain() {
        for id in ["", " ", "a b", "ａ", &"a".repeat(65)] {
            assert!(check_id(id).is_err(), "{id}");
        }
        for id in ["a", "7d3c1b1e-2f2a-4b62-9d2a-0d6f4f3f2a11", &"a".repeat(64)] {
            assert!(check_id(id).is_ok(), "{id}");
        }
    }
}
