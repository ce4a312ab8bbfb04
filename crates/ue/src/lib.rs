//! The test phone: it registers, stays registered, and leaves politely.

mod config;
mod metrics;
mod register;
mod registration;

use std::rc::Rc;

use driver::io::Io;
use driver::sip::Incoming;
use process::{Element, Host, Running, StartError};
use sip_message::{Message, Method, Name, Status};

pub use config::{Config, Secret};
pub use metrics::Metrics;
use register::Phone;

/// The phone as an element.
pub struct Ue;

impl Element for Ue {
    const NAME: &'static str = "ue";
    type Config = Config;

    async fn start<I: Io>(config: Config, host: Host<I>) -> Result<Running, StartError> {
        let metrics = Metrics::default();
        host.metrics.register(|registry| metrics.register(registry));
        let endpoint = host.sip(&config.sip, &[Method::OPTIONS]).await?;
        let answering = endpoint.clone();
        endpoint.serve(move |incoming: Incoming<I>| {
            let tag = answering.new_tag();
            async move {
                // RFC 3261 §11.2: what a phone can do.
                let mut response = Message::response(&incoming.message, Status::OK);
                response.set_to_tag(&tag);
                response.append(Name::ALLOW, "OPTIONS");
                incoming.transaction.respond(&response);
            }
        });
        let phone = Rc::new(Phone::new(&config, endpoint, metrics));
        let registering = driver::spawn({
            let phone = Rc::clone(&phone);
            async move { phone.stay_registered().await }
        });
        let shown = Rc::clone(&phone);
        Ok(Running::new(
            move || shown.state(),
            move || async move {
                registering.abort();
                phone.deregister().await;
            },
        ))
    }
}
