//! What callers choose by a key, as the rules have it (R-G6).

use acd_core::{CallEvent, CallPhase, PromptId};

use crate::model::{Model, Stage};

impl Model {
    /// The guidance of the number, if it is played.
    pub(crate) fn guide(&mut self, at: usize) {
        match self.tape(at) {
            Some(prompt) => self.hear_guidance(at, prompt),
            None => self.guided(at),
        }
    }

    fn hear_guidance(&mut self, at: usize, prompt: PromptId) {
        let call = self.calls[at].id;
        self.demand(call, prompt);
        self.calls[at].phase = CallPhase::Guidance;
        self.calls[at].guidance = Stage::Playing;
        self.state(CallEvent::GuidanceStarted { call });
    }

    /// After the guidance comes the choice, if it has not been made.
    pub(crate) fn guided(&mut self, at: usize) {
        if self.calls[at].number.choice.is_some() {
            self.ask(at);
        } else {
            self.enter_queue(at);
        }
    }

    /// R-G2: nothing has been heard yet, so that the carrier's own announcement comes first.
    pub(crate) fn come_to_choice(&mut self, at: usize) {
        let delay = self.tenant(self.calls[at].tenant).plan.guidance_delay;
        if delay.is_zero() {
            return self.ask(at);
        }
        self.calls[at].phase = CallPhase::Guidance;
        self.calls[at].guidance = Stage::Due(self.now + delay);
    }

    pub(crate) fn ask(&mut self, at: usize) {
        let call = &mut self.calls[at];
        call.phase = CallPhase::Guidance;
        call.guidance = Stage::Playing;
        call.chooses = Some((false, None));
        let prompt = call.number.choice.as_ref().unwrap().prompt;
        let call = call.id;
        self.demand(call, prompt);
        self.state(CallEvent::ChoiceStarted { call });
    }

    /// The prompt is over, or could not be heard.
    pub(crate) fn asked(&mut self, at: usize, heard: bool) {
        let now = self.now;
        let call = &mut self.calls[at];
        match call.chooses.unwrap() {
            (true, _) => self.out_of_phase(at),
            (false, None) if heard => {
                call.chooses = Some((true, None));
                call.choice_until = Some(now + call.number.choice.as_ref().unwrap().patience);
            }
            (false, _) => self.chosen(at),
        }
    }

    pub(crate) fn caller_pressed(&mut self, at: usize, key: char) {
        let call = &mut self.calls[at];
        let Some((heard, _)) = call.chooses else { return };
        if call.number.choice.as_ref().unwrap().options.contains_key(&key) {
            call.chooses = Some((heard, Some(key)));
            if heard {
                self.chosen(at);
            }
        }
    }

    pub(crate) fn chosen(&mut self, at: usize) {
        let call = &mut self.calls[at];
        let (_, key) = call.chooses.take().unwrap();
        let choice = call.number.choice.take().unwrap();
        call.choice_until = None;
        let option = key.map(|key| choice.options[&key]);
        call.needed_skill = option.and_then(|it| it.skill);
        let (call, tenant) = (call.id, call.tenant);
        self.state(CallEvent::ChoiceMade { call, key });
        let own = option.and_then(|it| it.guidance);
        let emergency = self.tenant(tenant).emergency;
        match own {
            // What is chosen before the guidance is in its place, and so is the emergency guidance (R-G4).
            Some(own) if choice.before_guidance => self.hear_guidance(at, emergency.unwrap_or(own)),
            Some(own) => {
                self.calls[at].past_guidance = true;
                self.hear_guidance(at, own);
            }
            None if choice.before_guidance => self.guide(at),
            None => self.enter_queue(at),
        }
    }
}
