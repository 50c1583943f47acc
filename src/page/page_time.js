/* page_time.js - the cursor in time, what happens at that moment, why a rank is
 * idle, and playing through it all. */

const clock = {timer: 0, moments: []};

/* The times at which anything begins or ends. */
function momentsOf(trace) {
    const times = new Set([0]);
    for (const lane of trace.all)
        for (const s of lane) {
            times.add(s.start);
            times.add(s.end);
        }
    return [...times].sort((a, b) => a - b);
}

function keyOf(kind) {
    return el("span", {class: "key " + (kind === "OVERLAP_F_B" ? "B" : kind)},
        LETTERS[kind] || kind);
}

/* The last moment up to a time: between two moments nothing changes. */
const momentAt = t => clock.moments[Math.max(0, clock.moments.findLastIndex(m => m <= t))];

/* While it plays, times have no more places than can be read. */
const timeText = t => page.view.trace.end > 20 ? String(Math.round(t * 10) / 10) : number(t);

/* What each rank does and what lies on each link. */
function momentShow(trace, t) {
    const rows = [];
    const few = Math.min(trace.ranks, 16);
    for (let r = 0; r < few; r++) {
        const span = t >= trace.end ? null : traceAt(trace, r, t);
        rows.push(el("b", {}, "rank " + r));
        if (span && span.compute) {
            rows.push(keyOf(span.kind), el("span", {},
                span.kind === "OVERLAP_F_B" ? span.cell
                : cellWords(span.kind, span.stage, span.microbatch,
                    trace.sim.stages > trace.ranks) +
                ` (${timeText(t - span.start)} of ${number(span.end - span.start)})`));
        } else {
            const line = t >= trace.end ? {text: trace.end ? "done" : "nothing to do yet"} : traceWhy(trace, r, t)[0];
            rows.push(el("span", {class: "key"}, "·"),
                el("span", {class: "soft"}, line.text.replace("rank " + r + " ", "")));
        }
    }
    const now = el("div", {class: "now"}, ...rows);
    if (trace.ranks > few)
        now.append(el("span", {}, "…"), el("span"), el("span", {class: "soft"},
            plural(trace.ranks - few, "more rank")));
    const wires = traceLinks(trace, t).slice(0, 16).map(({link, on}) =>
        el("div", {class: "wire"}, el("span", {class: "soft"},
            trace.sim.stages > trace.ranks
                ? `stage ${link.stage} → ${link.stage + (link.kind === "F" ? 1 : -1)}`
                : `rank ${link.from} → ${link.to}`),
            ...(on.length ? on.map(m => el("span", {class: "packet " + link.kind},
                link.kind + m.send.microbatch))
                : [el("span", {class: "soft"}, "empty")])));
    $("moment-h").textContent = "At time " + timeText(t);
    $("moment-body").replaceChildren(now, el("div", {class: "wires"},
        el("b", {}, "Sent and not yet received"), ...(wires.length ? wires
            : [el("span", {class: "soft"}, "nothing")])));
}

/* Moves the cursor; the slider, the clock and the panel follow. */
function clockSet(t, quiet) {
    const view = page.view;
    if (!view)
        return;
    t = Math.max(0, Math.min(t, view.trace.end));
    state.t = t;
    const slider = $("time");
    slider.value = clock.moments.findLastIndex(m => m <= t);
    slider.setAttribute("aria-valuetext", "time " + number(t));
    $("clock").textContent = timeText(t) + " of " + number(view.trace.end);
    for (const line of document.querySelectorAll(".cursor"))
        line.setAttribute("transform", `translate(${view.at.x(t).toFixed(2)})`);
    momentShow(view.trace, t);
    if (!quiet)
        stateKeep();
}

function clockStep(by) {
    const at = clock.moments.findLastIndex(m => m <= state.t);
    const next = Math.max(0, Math.min(clock.moments.length - 1, at + by));
    clockSet(clock.moments[next]);
    return next < clock.moments.length - 1;
}

function clockStop() {
    cancelAnimationFrame(clock.timer);
    clock.timer = 0;
    $("play").textContent = "▶";
    $("play").setAttribute("aria-label", "Play");
}

/* From the cursor to the end, in half a minute at most. A frame that comes late
 * does not make the cursor jump. */
function clockPlay() {
    if (clock.timer)
        return clockStop();
    const end = page.view.trace.end;
    const rate = end / Math.min(30000, 500 * clock.moments.length);
    let t = state.t >= end ? 0 : state.t;
    let last = 0;
    $("play").textContent = "❚❚";
    $("play").setAttribute("aria-label", "Pause");
    const frame = now => {
        t = Math.min(end, t + Math.min(100, last ? now - last : 0) * rate);
        last = now;
        clockSet(t, true);
        if (t >= end) {
            clockStop();
            stateKeep();
        } else {
            clock.timer = requestAnimationFrame(frame);
        }
    };
    clock.timer = requestAnimationFrame(frame);
}

/* Says why a rank is idle at a moment, and draws the chain on the timeline. */
function whyShow(rank, t) {
    const {trace, at} = page.view;
    const lines = traceWhy(trace, rank, t);
    const root = lines[lines.length - 1];
    $("why-h").textContent = `Why is rank ${rank} idle at time ${number(t)}?`;
    $("why-body").replaceChildren(el("ol", {class: "chain"}, ...lines.map((line, i) =>
        el("li", {style: "--depth:" + i, class: line.root ? "root" : null}, line.text))));
    const over = document.querySelector("#timeline .over");
    if (!over)
        return;
    const mid = r => at.y(r) + at.lane / 2;
    const x = at.x(t);
    let marks = "";
    lines.forEach((line, i) => {
        const next = lines[i + 1];
        marks += `<circle class="dot" cx="${x}" cy="${mid(line.rank)}" r="3.5"/>`;
        if (next && next.rank !== line.rank)
            marks += `<path class="chain" d="M${x} ${mid(line.rank)}L${x} ${mid(next.rank)}"/>`;
    });
    if (root.span)
        marks += `<rect class="root" x="${at.x(root.span.start)}" y="${at.y(root.span.rank)}" width="${Math.max(3, (root.span.end - root.span.start) * at.scale)}" height="${at.lane}" rx="4"/>`;
    over.innerHTML = marks;
}

function whyClear() {
    $("why-h").textContent = "Why idle?";
    $("why-body").replaceChildren(el("p", {class: "soft"},
        "Point at a hatched gap of the timeline, or go to it with the arrow keys: " +
        "the chain of ranks that it waits for stands here, up to its root."));
}
