//! The admin port: `/health`, `/metrics`, `/state`, over HTTP/1.1, for reading only.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use driver::io::{Io, Listener, Stream};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::metrics::Metrics;
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
/// How long one connection may last, however many requests it carries.
pub const CONNECTION_LIFETIME: Duration = Duration::from_secs(60);

const METRICS_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const PATHS: &str = "/health\n/metrics\n/state\n";

#[derive(Debug, Clone)]
struct Shown {
    element: &'static str,
    view: View,
    metrics: Metrics,
}

/// Listens at `local` and serves until the loop ends; returns the bound address.
///
/// # Errors
/// What the system says, among it `AddrInUse`.
pub async fn serve<I: Io>(
    io: &I,
    local: SocketAddr,
    element: &'static str,
    view: View,
    metrics: Metrics,
) -> io::Result<SocketAddr> {
    let listener = io.listen(local).await?;
    let bound = listener.local_addr();
    if !bound.ip().is_loopback() {
        tracing::warn!(address = %bound, "the admin port can be reached from other hosts, and asks for no password");
    }
    let router = router(Shown {
        element,
        view,
        metrics,
    });
    driver::spawn(accept(listener, router));
    Ok(bound)
}

fn router(shown: Shown) -> Router {
    Router::new()
        .route("/", get(async || PATHS))
        .route("/health", get(health))
        .route("/metrics", get(metrics))
        .route("/state", get(state))
        .fallback(async || (StatusCode::NOT_FOUND, format!("there is only\n{PATHS}")))
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

async fn metrics(State(shown): State<Shown>) -> Response {
    ([(header::CONTENT_TYPE, METRICS_TYPE)], shown.metrics.text()).into_response()
}

async fn state(State(shown): State<Shown>) -> axum::Json<Value> {
    axum::Json(json!({
        "element": shown.element,
        "version": env!("CARGO_PKG_VERSION"),
        "health": shown.view.health().word(),
        "shards": shown.view.state().await,
    }))
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
