//! One history: phones do what comes into their heads while elements crash and links are cut; then it gets quiet.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use driver::sip::Transport;
use serde_json::json;
use sim::{Faults, Sim};

use crate::elements::{ELEMENTS, Elements, HSS, ICSCF, OTHER_SCSCF, PCSCF, SCSCF, ip, pass};
use crate::ledger::{Ledger, Outcome, Termination};
use crate::phone::{self, Phone, Wish};
use crate::users::USERS;
use crate::wire;

/// How long phones go on.
const BUSY: Duration = Duration::from_secs(400);
/// After this nothing is under way: a request's time-out on each of its hops, a challenge that nobody answers, what
/// an S-CSCF still owes the HSS, connections that are made again.
const QUIET: Duration = Duration::from_secs(150);
/// Most crashes, cuts, resets and calls of an operator in one history.
const TROUBLES: u64 = 8;

/// Phones: index of the user, host, with outbound or not, over what. Alice's two share a private identity.
const PHONES: [(usize, u8, bool, Transport); 6] = [
    (0, 20, true, Transport::Udp),
    (0, 21, true, Transport::Tcp),
    (1, 22, false, Transport::Udp),
    (2, 23, false, Transport::Tcp),
    (3, 24, true, Transport::Udp),
    (4, 25, false, Transport::Udp),
];

/// What is left at the end.
pub(crate) struct History {
    pub(crate) sim: Sim,
    pub(crate) elements: Rc<Elements>,
    pub(crate) ledger: Rc<RefCell<Ledger>>,
    phones: Vec<Phone>,
}

impl History {
    /// Runs one, until it is quiet.
    pub(crate) async fn run(sim: Sim) -> Self {
        let elements = Elements::start(&sim);
        let ledger = Rc::new(RefCell::new(Ledger::default()));
        let over = Rc::new(Cell::new(false));
        let mut running = Vec::new();
        for (user, host, outbound, transport) in PHONES {
            let phone = Phone::new(&sim, user, host, outbound, transport, &ledger).await;
            let whims = whims(sim.clone(), phone, Rc::clone(&over));
            running.push(tokio::task::spawn_local(whims));
        }
        let until = sim.elapsed() + BUSY;
        for _ in 0..sim.below(TROUBLES + 1) {
            pass(Duration::from_millis(
                sim.below(BUSY.as_millis() as u64 / TROUBLES),
            ))
            .await;
            trouble(&sim, &elements, &ledger).await;
        }
        pass(until.saturating_sub(sim.elapsed())).await;
        over.set(true);
        sim.set_faults(Faults::none());
        let mut phones = Vec::new();
        for phone in running {
            phones.push(phone.await.expect("a phone does not panic"));
        }
        pass(QUIET).await;
        let packets = sim.packets();
        for termination in &mut ledger.borrow_mut().terminations {
            let impi = USERS[termination.user].impi;
            termination.obeyed = wire::obeyed(&packets, impi, termination.asked);
        }
        Self {
            sim,
            elements,
            ledger,
            phones,
        }
    }

    /// Each phone registers once more, one after the other, and is told so.
    pub(crate) async fn register_all(&mut self) {
        for phone in &mut self.phones {
            let wish = Wish::Bind(vec![phone.contact(0)], 600);
            let outcome = phone.procedure(&wish).await;
            assert!(
                matches!(outcome, Outcome::Told { .. }),
                "nothing is wrong any more, but phone {}: {outcome:?}",
                phone.host
            );
        }
        pass(Duration::from_secs(5)).await;
    }
}

/// Something happens to elements or links, and ends again.
async fn trouble(sim: &Sim, elements: &Elements, ledger: &RefCell<Ledger>) {
    let lasting = Duration::from_millis(1 + sim.below(30_000));
    let host = ELEMENTS[sim.below(5) as usize];
    // The HSS loses its database in some.
    let kinds = if sim.seed() % 5 == 2 { 9 } else { 8 };
    match sim.below(kinds) {
        8 => {
            elements.crash(HSS);
            pass(lasting).await;
            elements.restart_empty_hss();
            ledger.borrow_mut().losses.push(sim.elapsed());
        }
        // What an operator does.
        4 | 5 => {
            let user = sim.below(USERS.len() as u64) as usize;
            let asked = sim.elapsed();
            let reason = ["PERMANENT_TERMINATION", "SERVER_CHANGE"][sim.below(2) as usize];
            let body = json!({ "private_identity": USERS[user].impi, "reason": reason });
            // Sometimes what the S-CSCFs say is held up meanwhile, longer than the HSS waits for it.
            let held_up = sim.below(2) == 0;
            let lasting = Duration::from_millis(5_000 + sim.below(4_000));
            let calling = elements.call_hss("/deregister", body);
            let holding_up = async {
                if !held_up {
                    return;
                }
                for scscf in [SCSCF, OTHER_SCSCF] {
                    sim.cut(ip(scscf), ip(HSS));
                }
                pass(lasting).await;
                for scscf in [SCSCF, OTHER_SCSCF] {
                    sim.heal(ip(scscf), ip(HSS));
                }
            };
            let (said, ()) = tokio::join!(calling, holding_up);
            let ended = |results: &[&str]| {
                let notices = said.as_ref()?["notices"].as_array()?;
                let mut all = notices
                    .iter()
                    .filter_map(|notice| notice["result"].as_str());
                all.all(|result| results.contains(&result))
                    .then(|| sim.elapsed())
            };
            ledger.borrow_mut().terminations.push(Termination {
                user,
                asked,
                done: ended(&["done", "overtaken"]),
                given_up: ended(&["unanswered"]),
                obeyed: None,
            });
        }
        6 => {
            let user = &USERS[sim.below(USERS.len() as u64) as usize];
            let body = json!({ "private_identity": user.impi });
            let said = elements.call_hss("/push-profile", body).await;
            ledger.borrow_mut().pushes += usize::from(said.is_some());
        }
        7 => {
            let user = sim.below(USERS.len() as u64) as usize;
            // One that fails, or does not come, is made up for by the next, or by the next start.
            let said = elements.change_profile(user).await;
            ledger.borrow_mut().changes += usize::from(said.is_some());
        }
        0 | 1 => {
            elements.crash(host);
            ledger.borrow_mut().crashes.push((host, sim.elapsed()));
            pass(lasting).await;
            elements.restart(host);
        }
        2 => {
            let links = [
                (PCSCF, ICSCF),
                (ICSCF, SCSCF),
                (ICSCF, OTHER_SCSCF),
                (ICSCF, HSS),
                (SCSCF, HSS),
                (OTHER_SCSCF, HSS),
            ];
            let (one, other) = links[sim.below(links.len() as u64) as usize];
            ledger.borrow_mut().cuts += 1;
            match sim.below(3) {
                0 => sim.partition(ip(one), ip(other)),
                1 => sim.cut(ip(one), ip(other)),
                _ => sim.cut(ip(other), ip(one)),
            }
            pass(lasting).await;
            sim.heal(ip(one), ip(other));
        }
        _ => sim.reset(ip(host), ip(HSS)),
    }
}

/// What a phone does until it is `over`.
async fn whims(sim: Sim, mut phone: Phone, over: Rc<Cell<bool>>) -> Phone {
    while !over.get() {
        pass(Duration::from_millis(1 + sim.below(40_000))).await;
        if over.get() {
            break;
        }
        let seconds = [30, 60, 300, 600][sim.below(4) as usize];
        let (first, second) = (phone.contact(0), phone.contact(1));
        let wish = match sim.below(12) {
            0..=4 => Wish::Bind(vec![first], seconds),
            5 => Wish::Bind(vec![second], seconds),
            // RFC 5626 §6: one flow a request.
            6 if !phone.outbound => Wish::Bind(vec![first, second], seconds),
            6 | 7 => Wish::Remove(vec![first]),
            8 => Wish::RemoveAll,
            // Alice's other phone has the host next to hers.
            9 if phone.user == 0 => Wish::Remove(vec![phone::contact(phone.host ^ 1, 0)]),
            9 => Wish::Remove(vec![second]),
            10 => Wish::Query,
            _ => {
                pass(Duration::from_secs(sim.below(200))).await;
                continue;
            }
        };
        phone.procedure(&wish).await;
    }
    phone
}
