// The page as a whole: choosing, keys, links, print.

function choose(number) {
  const index = ladder.numbers.indexOf(number);
  if (index === -1) { clear(); return choose(number); }
  ladder.chosen = number;
  byId("ladder").setAttribute("aria-activedescendant", "row" + number);
  for (const row of ladder.rows.values()) { row.remove(); }
  ladder.rows.clear();
  reveal(index);
  describe(number);
  history.replaceState(null, "", "#" + linkOf.get(number));
  return number;
}

function filter() {
  ladder.numbers = filtered();
  const count = ladder.numbers.length, found = ladder.numbers.filter((number) => findingsOf.has(number)).length;
  byId("count").textContent = (count === messages.length ? "" : count + " of ") + messages.length + " messages" +
    (found ? ", " + found + " with findings" : "") + (rest.cut ? ", " + rest.cut : "");
  byId("clear").hidden = !isFiltered();
  redraw();
  const index = ladder.chosen === null ? -1 : ladder.numbers.indexOf(ladder.chosen);
  if (index === -1) { byId("ladder").scrollTop = 0; look(); } else { reveal(index); }
}

function clear() {
  for (const id of FILTERS) { byId(id).value = ""; }
  filter();
}

function only(id, value) {
  if (id === "chain") { offerChain(value); }
  byId(id).value = String(value);
  filter();
}

function step(by) {
  const count = ladder.numbers.length;
  if (count === 0) { return; }
  const index = ladder.numbers.indexOf(ladder.chosen);
  choose(ladder.numbers[Math.max(0, Math.min(count - 1, index + by))]);
}

/** To the next message with a finding, around the end. */
function stepToFinding() {
  const found = ladder.numbers.filter((number) => findingsOf.has(number));
  const next = found.find((number) => ladder.chosen === null || number > ladder.chosen);
  if (found.length) { choose(next === undefined ? found[0] : next); }
}

function pressed(event) {
  if (event.ctrlKey || event.altKey || event.metaKey) { return; }
  const at = document.activeElement, isTyping = at.matches("input, select");
  if (event.key === "Escape") {
    if (at === byId("search") && at.value !== "") { at.value = ""; filter(); } else { byId("ladder").focus(); }
  } else if (at === byId("search") && (event.key === "Enter" || event.key === "ArrowDown")) {
    byId("ladder").focus();
    if (ladder.numbers.indexOf(ladder.chosen) === -1) { step(0); }
  } else if (isTyping) {
    return;
  } else if (event.key === "/") {
    byId("search").focus();
    byId("search").select();
  } else if (event.key === "f" || event.key === "F") {
    stepToFinding();
  } else if (at === byId("ladder")) {
    const page = Math.max(1, Math.floor(at.clientHeight / ROW) - 2);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    if (steps[event.key] !== undefined) { step(steps[event.key]); }
    else if (event.key === "Enter" && ladder.chosen !== null) { byId("message").focus(); }
    else { return; }
  } else {
    return;
  }
  event.preventDefault();
}

function follow() {
  const number = ofLink.get(location.hash.slice(1));
  if (number !== undefined && number !== ladder.chosen) { choose(number); }
}

/** What is told beside the messages. */
function tell() {
  const list = element("ul");
  for (const [number, found] of findingsOf) {
    for (const finding of found) {
      list.append(element("li", {}, button("packet " + finding.packets + " " + captionOf(messages[number]),
        () => choose(number)), " " + shown(finding.kind + ": " + finding.text)));
    }
  }
  const findings = list.children.length;
  for (const notice of rest.notices) { list.append(element("li", {}, shown(notice))); }
  if (list.children.length === 0) { return; }
  const counts = [[findings, "finding"], [rest.notices.length, "notice"]].filter(([count]) => count > 0);
  byId("notices").querySelector("summary").textContent =
    counts.map(([count, what]) => count + " " + what + (count === 1 ? "" : "s")).join(", ");
  byId("notices").append(list);
  byId("notices").hidden = false;
}

fillFilters();
tell();
for (const id of FILTERS) { byId(id).addEventListener("input", filter); }
byId("clear").addEventListener("click", clear);
byId("times").addEventListener("input", place);
byId("colours").addEventListener("input", redraw);
byId("ladder").addEventListener("scroll", look, { passive: true });
document.addEventListener("keydown", pressed);
addEventListener("resize", place);
addEventListener("hashchange", follow);
addEventListener("beforeprint", drawAll);
addEventListener("afterprint", redraw);
place();
filter();
follow();
