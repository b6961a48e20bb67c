//! `acd`: the telephone switch of medical advice lines.

use std::process::ExitCode;

use acd_server::cli::{Cli, Command, Recordings};
use acd_server::running::Question;
use clap::Parser;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match cli.command.unwrap_or_default() {
        Command::Serve(options) => acd_server::serve::run(&options),
        Command::Check(options) => acd_server::commands::check(&options),
        Command::Journal(action) => acd_server::commands::journal(&action),
        Command::Recordings(Recordings::Reconcile(options)) => acd_server::reconcile::reconcile(&options),
        Command::Report(options) => acd_server::report::report(&options),
        Command::Retention(options) => acd_server::retention::retention(&options),
        Command::Status(options) => acd_server::running::ask(&options, Question::Status),
        Command::Reload(options) => {
            let by = options.by.unwrap_or_else(acd_server::running::user);
            acd_server::running::ask(&options.running, Question::Reload { by: &by })
        }
        Command::Guidance(options) => {
            let prompt = Some(options.prompt.as_str()).filter(|prompt| *prompt != "off");
            let question = Question::Guidance { tenant: &options.tenant, prompt };
            acd_server::running::ask(&options.running, question)
        }
        Command::Drain(options) => acd_server::running::ask(&options, Question::Drain),
    }
}
