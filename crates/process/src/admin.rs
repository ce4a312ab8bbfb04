//! The admin port over HTTP/1.1: `/health`, `/metrics` and `/state` for everybody, the element's calls by POST for who
//! has the token.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use driver::io::{Io, Listener, Stream};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::command::CommandError;
use crate::metrics::{self, Metrics};
use crate::token::{Authorised, Token};
use crate::view::{Health, View};

/// Connections served at one time; others wait in the system's queue.
pub const MAX_CONNECTIONS: usize = 16;
/// Octets of a request's line and headers.
pub const MAX_REQUEST_HEAD: usize = 8 * 1024;
/// Header lines of a request.
pub const MAX_REQUEST_HEADERS: usize = 32;
/// Octets of a request's body.
pub const MAX_REQUEST_BODY: usize = 16 * 1024;
/// How long the request's line and headers may take to arrive.
pub const HEAD_WITHIN: Duration = Duration::from_secs(5);
/// How long a call may take.
pub const COMMAND_WITHIN: Duration = Duration::from_secs(30);
/// How long one connection may last, however many requests it carries.
pub const CONNECTION_LIFETIME: Duration = Duration::from_secs(60);

const METRICS_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const PATHS: &str = "/health\n/metrics\n/state\n";

#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) element: &'static str,
    pub(crate) view: View,
    /// The process's own, and those of each shard.
    pub(crate) metrics: Arc<[Metrics]>,
    pub(crate) token: Token,
}

/// Listens at `local` and serves until the loop ends; returns the bound address.
pub(crate) async fn serve<I: Io>(
    io: &I,
    local: SocketAddr,
    shown: Shown,
) -> io::Result<SocketAddr> {
    let listener = io.listen(local).await?;
    let bound = listener.local_addr();
    if !bound.ip().is_loopback() {
        tracing::warn!(address = %bound, "the admin port can be reached from other hosts, and shows its state without a password");
    }
    driver::spawn(accept(listener, router(shown)));
    Ok(bound)
}

fn router(shown: Shown) -> Router {
    Router::new()
        .route("/", get(paths))
        .route("/health", get(health))
        .route("/metrics", get(all_metrics))
        .route("/state", get(state))
        .fallback(call)
        .layer(DefaultBodyLimit::max(MAX_REQUEST_BODY))
        .with_state(shown)
}

async fn health(State(shown): State<Shown>) -> Response {
    let health = shown.view.health();
    let status = match health {
        Health::Ok => StatusCode::OK,
        Health::Starting | Health::Stopping => StatusCode::SERVICE_UNAVAILABLE,
    };
    let body = json!({ "element": shown.element, "health": health.word() });
    (status, axum::Json(body)).into_response()
}

async fn all_metrics(State(shown): State<Shown>) -> Response {
    let text = metrics::text(&shown.metrics);
    ([(header::CONTENT_TYPE, METRICS_TYPE)], text).into_response()
}

async fn state(State(shown): State<Shown>) -> axum::Json<Value> {
    axum::Json(json!({
        "element": shown.element,
        "version": env!("CARGO_PKG_VERSION"),
        "health": shown.view.health().word(),
        "shards": shown.view.state().await,
    }))
}

async fn paths(State(shown): State<Shown>) -> String {
    let calls = shown.view.commands();
    let calls = calls.iter().map(|path| format!("POST {path}\n"));
    format!("{PATHS}{}", calls.collect::<String>())
}

/// A call of the element, or what is wrong with asking for it.
async fn call(
    State(shown): State<Shown>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let path = uri.path();
    if !shown.view.commands().contains(&path) {
        let known = paths(State(shown)).await;
        return (StatusCode::NOT_FOUND, format!("there is only\n{known}")).into_response();
    }
    if method != Method::POST {
        let allow = [(header::ALLOW, "POST")];
        let text = format!("{path} is called by POST, with JSON as its body\n");
        return (StatusCode::METHOD_NOT_ALLOWED, allow, text).into_response();
    }
    let authorization = headers.get(header::AUTHORIZATION);
    match shown
        .token
        .authorises(authorization.map(|value| value.as_bytes()))
    {
        Authorised::Yes => {}
        Authorised::No => {
            let scheme = [(header::WWW_AUTHENTICATE, "Bearer")];
            let text = "send `Authorization: Bearer TOKEN` with the token of [admin] token_file\n";
            return (StatusCode::UNAUTHORIZED, scheme, text).into_response();
        }
        Authorised::NoTokenHere => {
            let text = "calls are off: write token_file = \"FILE\" in [admin], a file with a token of one line, \
                        and restart or send SIGHUP\n";
            return (StatusCode::FORBIDDEN, text).into_response();
        }
    }
    let body = match body {
        Ok(body) => body,
        Err(rejection) => {
            let status = rejection.status();
            let text = format!("the body cannot be read; {MAX_REQUEST_BODY} octets is the limit\n");
            return (status, text).into_response();
        }
    };
    let body = match serde_json::from_slice(&body) {
        Ok(body) => body,
        Err(error) => {
            let text = format!("the body is not JSON: {error}\n");
            return (StatusCode::BAD_REQUEST, text).into_response();
        }
    };
    tracing::info!(path, "admin port: call");
    match timeout(COMMAND_WITHIN, shown.view.command(path, &body)).await {
        Ok(Ok(answer)) => axum::Json(answer).into_response(),
        Ok(Err(error)) => (status_of(&error), format!("{error}\n")).into_response(),
        Err(_) => {
            let text = format!(
                "not done within {} s; it may still come to its end\n",
                COMMAND_WITHIN.as_secs()
            );
            (StatusCode::GATEWAY_TIMEOUT, text).into_response()
        }
    }
}

fn status_of(error: &CommandError) -> StatusCode {
    match error {
        CommandError::NotFound(_) => StatusCode::NOT_FOUND,
        CommandError::Unprocessable(_) => StatusCode::UNPROCESSABLE_ENTITY,
        CommandError::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        CommandError::Failed(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

async fn accept<L: Listener>(listener: L, router: Router) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok(stream) => {
                let router = router.clone();
                driver::spawn(async move {
                    serve_connection(stream, router).await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "admin port: accept");
                // Out of file descriptors: the connections that end give some back.
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn serve_connection(stream: impl Stream, router: Router) {
    let peer = stream.remote_addr();
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .max_headers(MAX_REQUEST_HEADERS)
        .max_buf_size(MAX_REQUEST_HEAD)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    match timeout(CONNECTION_LIFETIME, connection).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(%peer, %error, "admin port: request refused"),
        Err(_) => tracing::debug!(%peer, "admin port: connection closed for its age"),
    }
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use tokio::io::{
        AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf, duplex,
    };
    use tokio::time::Instant;

    use super::*;

    /// One end of a connection in memory.
    struct End(DuplexStream);

    impl AsyncRead for End {
        fn poll_read(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
            buffer: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            Pin::new(&mut self.0).poll_read(cx, buffer)
        }
    }

    impl AsyncWrite for End {
        fn poll_write(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
            octets: &[u8],
        ) -> Poll<io::Result<usize>> {
            Pin::new(&mut self.0).poll_write(cx, octets)
        }

        fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
            Pin::new(&mut self.0).poll_flush(cx)
        }

        fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
            Pin::new(&mut self.0).poll_shutdown(cx)
        }
    }

    impl Stream for End {
        fn local_addr(&self) -> SocketAddr {
            "127.0.0.1:9090".parse().unwrap()
        }

        fn remote_addr(&self) -> SocketAddr {
            "127.0.0.1:50000".parse().unwrap()
        }
    }

    fn served() -> (DuplexStream, impl Future<Output = ()>) {
        let (client, server) = duplex(1024);
        let shown = Shown {
            element: "idle",
            view: View::default(),
            metrics: Arc::new([Metrics::new("idle")]),
            token: Token::default(),
        };
        (client, serve_connection(End(server), router(shown)))
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_does_not_end_is_waited_for_in_bounded_time() {
        let (mut client, connection) = served();
        client
            .write_all(b"GET /health HTTP/1.1\r\nHost:")
            .await
            .unwrap();
        let started = Instant::now();
        connection.await;
        assert_eq!(started.elapsed(), HEAD_WITHIN);
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_ends_for_its_age() {
        let (mut client, connection) = served();
        let started = Instant::now();
        let asking = async {
            let mut buffer = [0; 512];
            let mut answers = 0;
            // One request a second, until the connection is closed.
            while client
                .write_all(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
                .await
                .is_ok()
            {
                if client.read(&mut buffer).await.unwrap_or(0) == 0 {
                    break;
                }
                answers += 1;
                tokio::time::advance(Duration::from_secs(1)).await;
            }
            answers
        };
        let ((), answers) = tokio::join!(connection, asking);
        assert!(answers >= 59, "{answers}");
        assert!(started.elapsed() <= CONNECTION_LIFETIME + Duration::from_secs(1));
    }
}
