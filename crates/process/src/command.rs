//! Calls on the admin port that change something: `POST` with JSON, for who has the token.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

type Answering = Pin<Box<dyn Future<Output = Result<Value, CommandError>>>>;

/// One call that an element takes on the admin port; clones are the same call.
#[derive(Clone)]
pub struct AdminCommand {
    path: &'static str,
    run: Rc<dyn Fn(Value) -> Answering>,
}

impl AdminCommand {
    /// `POST path`: its JSON body is read as `Q` (unknown fields are for that type to refuse), `run` answers with
    /// what becomes the JSON of a 200.
    ///
    /// It runs on the element's loop, in a task of its own, for as long as [`crate::admin::COMMAND_WITHIN`] at most.
    /// `path` begins with `/`.
    pub fn new<Q, A, F>(path: &'static str, run: impl Fn(Q) -> F + 'static) -> Self
    where
        Q: DeserializeOwned + 'static,
        A: Serialize,
        F: Future<Output = Result<A, CommandError>> + 'static,
    {
        let run = Rc::new(run);
        Self {
            path,
            run: Rc::new(move |body| {
                let asked = serde_path_to_error::deserialize::<_, Q>(body);
                let run = Rc::clone(&run);
                Box::pin(async move {
                    let asked = asked.map_err(|error| unreadable(&error))?;
                    serde_json::to_value(run(asked).await?)
                        .map_err(|error| CommandError::Failed(format!("no answer: {error}")))
                })
            }),
        }
    }

    /// The path that it is called by.
    pub fn path(&self) -> &'static str {
        self.path
    }

    /// Runs it with `body`.
    ///
    /// # Errors
    /// What the caller is answered.
    pub async fn run(&self, body: Value) -> Result<Value, CommandError> {
        (self.run)(body).await
    }
}

fn unreadable(error: &serde_path_to_error::Error<serde_json::Error>) -> CommandError {
    let path = error.path().to_string();
    CommandError::Unprocessable(if path == "." {
        error.inner().to_string()
    } else {
        format!("{path}: {}", error.inner())
    })
}

impl fmt::Debug for AdminCommand {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("AdminCommand").field(&self.path).finish()
    }
}

/// Why a call is refused; the text tells the caller what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// What it names is not here: 404.
    #[error("{0}")]
    NotFound(String),
    /// What it asks for cannot be done with what it says: 422.
    #[error("{0}")]
    Unprocessable(String),
    /// It cannot be done now, but may be later: 503.
    #[error("{0}")]
    Unavailable(String),
    /// It went wrong here: 500.
    #[error("{0}")]
    Failed(String),
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Deregister {
        impi: String,
    }

    fn command() -> AdminCommand {
        AdminCommand::new("/deregister", async |asked: Deregister| {
            match asked.impi.as_str() {
                "alice@home.example" => Ok(json!({ "deregistered": asked.impi })),
                _ => Err(CommandError::NotFound("no such user".to_owned())),
            }
        })
    }

    #[tokio::test]
    async fn what_is_asked_is_typed_and_faults_name_their_field() {
        let asked = command().run(json!({ "impi": "alice@home.example" })).await;
        assert_eq!(asked, Ok(json!({ "deregistered": "alice@home.example" })));
        let nobody = command().run(json!({ "impi": "bob@home.example" })).await;
        assert_eq!(nobody, Err(CommandError::NotFound("no such user".into())));
        for (body, said) in [
            (json!({ "impi": 7 }), "impi: invalid type: integer `7`"),
            (json!({}), "missing field `impi`"),
            (json!({ "impi": "", "x": 1 }), "unknown field `x`"),
        ] {
            match command().run(body).await {
                Err(CommandError::Unprocessable(text)) => assert!(text.contains(said), "{text}"),
                other => panic!("{other:?}"),
            }
        }
    }
}
