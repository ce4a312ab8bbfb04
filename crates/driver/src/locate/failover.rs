//! The next target where one fails (RFC 3263 §4.3).

use std::time::Duration;

use sip_message::{Message, RetryAfter, Status};

use super::{Locator, Target};
use crate::io::Io;
use crate::sip::{Endpoint, RequestError};

impl<I: Io> Locator<I> {
    /// Sends `request` by `endpoint` to the first of `targets`, and where it fails to the next: by transport error,
    /// 503, no answer in time. A target that is not the last has `each`, the last one has `last`; one that says by a
    /// provisional response that it is there has until timer F.
    ///
    /// # Errors
    /// That of the last target.
    pub async fn request(
        &self,
        endpoint: &Endpoint<I>,
        request: Message,
        targets: &[Target],
        each: Duration,
        last: Duration,
    ) -> Result<Message, RequestError> {
        let mut outcome = Err(RequestError::TimedOut);
        for (index, &target) in targets.iter().enumerate() {
            // Each try is a transaction of its own, with a branch of its own.
            let patience = match index + 1 < targets.len() {
                true => each,
                false => last,
            };
            outcome = endpoint
                .request_within(request.clone(), target, patience)
                .await;
            match &outcome {
                Ok(response) if response.status() == Some(Status::SERVICE_UNAVAILABLE) => {
                    self.failed(target, retry_after(response));
                }
                Ok(_) => {
                    self.served(target);
                    return outcome;
                }
                // Ours, not the target's.
                Err(RequestError::Overloaded) => return outcome,
                Err(problem) => {
                    tracing::info!(address = %target.address, %problem, "a target fails");
                    self.failed(target, None);
                }
            }
        }
        outcome
    }
}

fn retry_after(response: &Message) -> Option<Duration> {
    let said = response.read::<RetryAfter<'_>>().ok().flatten()?;
    Some(Duration::from_secs(said.seconds.into()))
}
