//! Status codes and their reason phrases (RFC 3261 §21 and later registrations).

use std::fmt;

/// A status code, 100 to 699; an unknown one is carried and treated as its class (RFC 3261 §8.1.3.2).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Status(pub u16);

impl Status {
    /// 100 Trying (RFC 3261 §21.1.1).
    pub const TRYING: Status = Status(100);
    /// 180 Ringing (RFC 3261 §21.1.2).
    pub const RINGING: Status = Status(180);
    /// 181 Call Is Being Forwarded (RFC 3261 §21.1.3).
    pub const CALL_IS_BEING_FORWARDED: Status = Status(181);
    /// 182 Queued (RFC 3261 §21.1.4).
    pub const QUEUED: Status = Status(182);
    /// 183 Session Progress (RFC 3261 §21.1.5).
    pub const SESSION_PROGRESS: Status = Status(183);
    /// 199 Early Dialog Terminated (RFC 6228).
    pub const EARLY_DIALOG_TERMINATED: Status = Status(199);
    /// 200 OK (RFC 3261 §21.2.1).
    pub const OK: Status = Status(200);
    /// 202 Accepted (RFC 6665 §8.3.1).
    pub const ACCEPTED: Status = Status(202);
    /// 204 No Notification (RFC 5839).
    pub const NO_NOTIFICATION: Status = Status(204);
    /// 300 Multiple Choices (RFC 3261 §21.3.1).
    pub const MULTIPLE_CHOICES: Status = Status(300);
    /// 301 Moved Permanently (RFC 3261 §21.3.2).
    pub const MOVED_PERMANENTLY: Status = Status(301);
    /// 302 Moved Temporarily (RFC 3261 §21.3.3).
    pub const MOVED_TEMPORARILY: Status = Status(302);
    /// 305 Use Proxy (RFC 3261 §21.3.4).
    pub const USE_PROXY: Status = Status(305);
    /// 380 Alternative Service (RFC 3261 §21.3.5).
    pub const ALTERNATIVE_SERVICE: Status = Status(380);
    /// 400 Bad Request (RFC 3261 §21.4.1).
    pub const BAD_REQUEST: Status = Status(400);
    /// 401 Unauthorized (RFC 3261 §21.4.2).
    pub const UNAUTHORIZED: Status = Status(401);
    /// 402 Payment Required (RFC 3261 §21.4.3).
    pub const PAYMENT_REQUIRED: Status = Status(402);
    /// 403 Forbidden (RFC 3261 §21.4.4).
    pub const FORBIDDEN: Status = Status(403);
    /// 404 Not Found (RFC 3261 §21.4.5).
    pub const NOT_FOUND: Status = Status(404);
    /// 405 Method Not Allowed (RFC 3261 §21.4.6).
    pub const METHOD_NOT_ALLOWED: Status = Status(405);
    /// 406 Not Acceptable (RFC 3261 §21.4.7).
    pub const NOT_ACCEPTABLE: Status = Status(406);
    /// 407 Proxy Authentication Required (RFC 3261 §21.4.8).
    pub const PROXY_AUTHENTICATION_REQUIRED: Status = Status(407);
    /// 408 Request Timeout (RFC 3261 §21.4.9).
    pub const REQUEST_TIMEOUT: Status = Status(408);
    /// 410 Gone (RFC 3261 §21.4.10).
    pub const GONE: Status = Status(410);
    /// 412 Conditional Request Failed (RFC 3903 §11.2.1).
    pub const CONDITIONAL_REQUEST_FAILED: Status = Status(412);
    /// 413 Request Entity Too Large (RFC 3261 §21.4.11).
    pub const REQUEST_ENTITY_TOO_LARGE: Status = Status(413);
    /// 414 Request-URI Too Long (RFC 3261 §21.4.12).
    pub const REQUEST_URI_TOO_LONG: Status = Status(414);
    /// 415 Unsupported Media Type (RFC 3261 §21.4.13).
    pub const UNSUPPORTED_MEDIA_TYPE: Status = Status(415);
    /// 416 Unsupported URI Scheme (RFC 3261 §21.4.14).
    pub const UNSUPPORTED_URI_SCHEME: Status = Status(416);
    /// 420 Bad Extension (RFC 3261 §21.4.15).
    pub const BAD_EXTENSION: Status = Status(420);
    /// 421 Extension Required (RFC 3261 §21.4.16).
    pub const EXTENSION_REQUIRED: Status = Status(421);
    /// 422 Session Interval Too Small (RFC 4028 §6).
    pub const SESSION_INTERVAL_TOO_SMALL: Status = Status(422);
    /// 423 Interval Too Brief (RFC 3261 §21.4.17).
    pub const INTERVAL_TOO_BRIEF: Status = Status(423);
    /// 424 Bad Location Information (RFC 6442).
    pub const BAD_LOCATION_INFORMATION: Status = Status(424);
    /// 428 Use Identity Header (RFC 8224).
    pub const USE_IDENTITY_HEADER: Status = Status(428);
    /// 430 Flow Failed (RFC 5626 §11.5).
    pub const FLOW_FAILED: Status = Status(430);
    /// 439 First Hop Lacks Outbound Support (RFC 5626 §11.6).
    pub const FIRST_HOP_LACKS_OUTBOUND_SUPPORT: Status = Status(439);
    /// 440 Max-Breadth Exceeded (RFC 5393 §5.3.3.1).
    pub const MAX_BREADTH_EXCEEDED: Status = Status(440);
    /// 469 Bad Info Package (RFC 6086).
    pub const BAD_INFO_PACKAGE: Status = Status(469);
    /// 470 Consent Needed (RFC 5360).
    pub const CONSENT_NEEDED: Status = Status(470);
    /// 480 Temporarily Unavailable (RFC 3261 §21.4.18).
    pub const TEMPORARILY_UNAVAILABLE: Status = Status(480);
    /// 481 Call/Transaction Does Not Exist (RFC 3261 §21.4.19).
    pub const CALL_TRANSACTION_DOES_NOT_EXIST: Status = Status(481);
    /// 482 Loop Detected (RFC 3261 §21.4.20).
    pub const LOOP_DETECTED: Status = Status(482);
    /// 483 Too Many Hops (RFC 3261 §21.4.21).
    pub const TOO_MANY_HOPS: Status = Status(483);
    /// 484 Address Incomplete (RFC 3261 §21.4.22).
    pub const ADDRESS_INCOMPLETE: Status = Status(484);
    /// 485 Ambiguous (RFC 3261 §21.4.23).
    pub const AMBIGUOUS: Status = Status(485);
    /// 486 Busy Here (RFC 3261 §21.4.24).
    pub const BUSY_HERE: Status = Status(486);
    /// 487 Request Terminated (RFC 3261 §21.4.25).
    pub const REQUEST_TERMINATED: Status = Status(487);
    /// 488 Not Acceptable Here (RFC 3261 §21.4.26).
    pub const NOT_ACCEPTABLE_HERE: Status = Status(488);
    /// 489 Bad Event (RFC 6665 §8.3.2).
    pub const BAD_EVENT: Status = Status(489);
    /// 491 Request Pending (RFC 3261 §21.4.27).
    pub const REQUEST_PENDING: Status = Status(491);
    /// 493 Undecipherable (RFC 3261 §21.4.28).
    pub const UNDECIPHERABLE: Status = Status(493);
    /// 494 Security Agreement Required (RFC 3329 §2).
    pub const SECURITY_AGREEMENT_REQUIRED: Status = Status(494);
    /// 500 Server Internal Error (RFC 3261 §21.5.1).
    pub const SERVER_INTERNAL_ERROR: Status = Status(500);
    /// 501 Not Implemented (RFC 3261 §21.5.2).
    pub const NOT_IMPLEMENTED: Status = Status(501);
    /// 502 Bad Gateway (RFC 3261 §21.5.3).
    pub const BAD_GATEWAY: Status = Status(502);
    /// 503 Service Unavailable (RFC 3261 §21.5.4).
    pub const SERVICE_UNAVAILABLE: Status = Status(503);
    /// 504 Server Time-out (RFC 3261 §21.5.5).
    pub const SERVER_TIME_OUT: Status = Status(504);
    /// 505 Version Not Supported (RFC 3261 §21.5.6).
    pub const VERSION_NOT_SUPPORTED: Status = Status(505);
    /// 513 Message Too Large (RFC 3261 §21.5.7).
    pub const MESSAGE_TOO_LARGE: Status = Status(513);
    /// 580 Precondition Failure (RFC 3312 §8).
    pub const PRECONDITION_FAILURE: Status = Status(580);
    /// 600 Busy Everywhere (RFC 3261 §21.6.1).
    pub const BUSY_EVERYWHERE: Status = Status(600);
    /// 603 Decline (RFC 3261 §21.6.2).
    pub const DECLINE: Status = Status(603);
    /// 604 Does Not Exist Anywhere (RFC 3261 §21.6.3).
    pub const DOES_NOT_EXIST_ANYWHERE: Status = Status(604);
    /// 606 Not Acceptable (RFC 3261 §21.6.4).
    pub const NOT_ACCEPTABLE_ANYWHERE: Status = Status(606);

    /// The number.
    pub const fn code(self) -> u16 {
        self.0
    }

    /// The first digit: 1 provisional … 6 global failure (RFC 3261 §7.2).
    pub const fn class(self) -> u16 {
        self.0 / 100
    }

    /// 1xx.
    pub const fn is_provisional(self) -> bool {
        self.class() == 1
    }

    /// 2xx to 6xx.
    pub const fn is_final(self) -> bool {
        self.class() >= 2
    }

    /// 2xx.
    pub const fn is_success(self) -> bool {
        self.class() == 2
    }

    /// The registered reason phrase; for an unknown code that of its class.
    pub const fn reason(self) -> &'static str {
        match self.0 {
            100 => "Trying",
            180 => "Ringing",
            181 => "Call Is Being Forwarded",
            182 => "Queued",
            183 => "Session Progress",
            199 => "Early Dialog Terminated",
            200 => "OK",
            202 => "Accepted",
            204 => "No Notification",
            300 => "Multiple Choices",
            301 => "Moved Permanently",
            302 => "Moved Temporarily",
            305 => "Use Proxy",
            380 => "Alternative Service",
            400 => "Bad Request",
            401 => "Unauthorized",
            402 => "Payment Required",
            403 => "Forbidden",
            404 => "Not Found",
            405 => "Method Not Allowed",
            406 => "Not Acceptable",
            407 => "Proxy Authentication Required",
            408 => "Request Timeout",
            410 => "Gone",
            412 => "Conditional Request Failed",
            413 => "Request Entity Too Large",
            414 => "Request-URI Too Long",
            415 => "Unsupported Media Type",
            416 => "Unsupported URI Scheme",
            420 => "Bad Extension",
            421 => "Extension Required",
            422 => "Session Interval Too Small",
            423 => "Interval Too Brief",
            424 => "Bad Location Information",
            428 => "Use Identity Header",
            430 => "Flow Failed",
            439 => "First Hop Lacks Outbound Support",
            440 => "Max-Breadth Exceeded",
            469 => "Bad Info Package",
            470 => "Consent Needed",
            480 => "Temporarily Unavailable",
            481 => "Call/Transaction Does Not Exist",
            482 => "Loop Detected",
            483 => "Too Many Hops",
            484 => "Address Incomplete",
            485 => "Ambiguous",
            486 => "Busy Here",
            487 => "Request Terminated",
            488 => "Not Acceptable Here",
            489 => "Bad Event",
            491 => "Request Pending",
            493 => "Undecipherable",
            494 => "Security Agreement Required",
            500 => "Server Internal Error",
            501 => "Not Implemented",
            502 => "Bad Gateway",
            503 => "Service Unavailable",
            504 => "Server Time-out",
            505 => "Version Not Supported",
            513 => "Message Too Large",
            580 => "Precondition Failure",
            600 => "Busy Everywhere",
            603 => "Decline",
            604 => "Does Not Exist Anywhere",
            606 => "Not Acceptable",
            _ => match self.class() {
                1 => "Session Progress",
                2 => "OK",
                3 => "Multiple Choices",
                4 => "Bad Request",
                5 => "Server Internal Error",
                _ => "Busy Everywhere",
            },
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
