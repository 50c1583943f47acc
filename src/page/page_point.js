/* page_point.js - pointing at the timeline with mouse, finger or keys: what a
 * block is, where its microbatch goes, why a gap is idle. */

/* One block of a picture can be reached by Tab; the arrow keys go on. */
function rove(box) {
    const first = box.querySelector(".block, .idle");
    if (first)
        first.setAttribute("tabindex", "0");
}

function spanOf(node) {
    const {trace} = page.view;
    const rank = Number(node.dataset.r);
    return node.dataset.idle !== undefined ? trace.idle[rank][node.dataset.idle]
        : trace.lanes[rank][node.dataset.n];
}

function follow(box, microbatch) {
    const svg = box.querySelector("svg.timeline");
    if (!svg)
        return;
    svg.classList.toggle("follow", microbatch !== null);
    if (microbatch !== null)
        for (const node of svg.querySelectorAll(".block"))
            node.classList.toggle("same", node.dataset.m === String(microbatch));
}

/* What a thing of the timeline is, in words. */
function thingWords(thing) {
    const {trace} = page.view;
    if (thing.kind !== "idle")
        return spanSpoken(trace, thing);
    const why = traceWhy(trace, thing.rank, thing.start);
    return `idle, rank ${thing.rank}, time ${number(thing.start)} to ${number(thing.end)}: ` +
        why.map(w => w.text).join("; ");
}

/* Focus or a click: the cursor goes there, and a gap is explained. */
function choose(thing, t) {
    clockStop();
    clockSet(t === undefined ? thing.start : t);
    if (thing.kind === "idle")
        whyShow(thing.rank, t === undefined ? thing.start : t);
    page.chosen = thing;
}

function tipShow(event, text) {
    const tip = $("tip");
    tip.hidden = !text;
    if (!text)
        return;
    tip.textContent = text;
    const x = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8);
    tip.style.left = Math.max(4, x) + "px";
    tip.style.top = (event.clientY + tip.offsetHeight + 24 > innerHeight
        ? event.clientY - tip.offsetHeight - 12 : event.clientY + 18) + "px";
}

/* The point of the picture under the pointer. */
function pointOf(event) {
    const picture = $("timeline").querySelector("svg.timeline, canvas");
    if (!picture || !page.view)
        return null;
    const box = picture.getBoundingClientRect();
    return pointAt(page.view.trace, page.view.at, event.clientX - box.left,
        event.clientY - box.top);
}

function pointerMoved(event) {
    const point = pointOf(event);
    const thing = point && thingAt(page.view.trace, point.rank, point.t);
    if (!thing)
        return pointerLeft();
    if (thing.kind === "idle") {
        tipShow(event, traceWhy(page.view.trace, point.rank, momentAt(point.t))[0].text);
        whyShow(point.rank, Math.max(thing.start, momentAt(point.t)));
        follow($("timeline"), null);
    } else {
        tipShow(event, spanSpoken(page.view.trace, thing));
        follow($("timeline"), thing.kind === "STEP" ? null : thing.microbatch);
    }
}

function pointerLeft() {
    $("tip").hidden = true;
    follow($("timeline"), null);
}

function pointerPressed(event) {
    const point = pointOf(event);
    const thing = point && thingAt(page.view.trace, point.rank, point.t);
    if (thing)
        choose(thing, Math.max(thing.start, momentAt(point.t)));
}

/* ---- keys ---- */

/* What lies beside a thing: left and right in its lane, up and down at the
 * same time. */
function beside(thing, key) {
    const {trace} = page.view;
    const lane = r => [...trace.lanes[r].filter(s => s.end > s.start), ...trace.idle[r]]
        .sort((a, b) => a.start - b.start);
    const mine = lane(thing.rank);
    const at = mine.indexOf(thing);
    if (key === "ArrowRight" || key === "ArrowLeft")
        return mine[at + (key === "ArrowRight" ? 1 : -1)];
    if (key === "Home" || key === "End")
        return mine[key === "Home" ? 0 : mine.length - 1];
    const rank = thing.rank + (key === "ArrowDown" ? 1 : -1);
    return rank >= 0 && rank < trace.ranks ? thingAt(trace, rank, thing.start) : null;
}

const ARROWS = ["ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown", "Home", "End"];

function timelineKey(event) {
    const node = event.target.closest(".block, .idle");
    const canvas = event.target.tagName === "CANVAS";
    if (!node && !canvas)
        return;
    const now = node ? spanOf(node)
        : page.chosen && page.view.trace.lanes.flat().concat(page.view.trace.idle.flat())
            .includes(page.chosen) ? page.chosen : null;
    if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        if (now)
            choose(now);
        return;
    }
    if (!ARROWS.includes(event.key))
        return;
    event.preventDefault();
    const next = now ? beside(now, event.key) : page.view.trace.lanes[0][0];
    if (!next)
        return;
    if (canvas) {
        choose(next);
        speak(thingWords(next));
        return;
    }
    const name = next.kind === "idle"
        ? `.idle[data-r="${next.rank}"][data-idle="${page.view.trace.idle[next.rank].indexOf(next)}"]`
        : `.block[data-r="${next.rank}"][data-n="${next.n}"]`;
    const target = $("timeline").querySelector(name);
    node.setAttribute("tabindex", "-1");
    target.setAttribute("tabindex", "0");
    target.focus();
}

function timelineFocus(event) {
    const node = event.target.closest(".block, .idle");
    if (!node || !node.matches(":focus-visible"))
        return;
    const thing = spanOf(node);
    if (thing.kind === "idle") {
        choose(thing);
        node.setAttribute("aria-label", thingWords(thing));
    }
}

function speak(text) {
    $("spoken").textContent = text;
}
