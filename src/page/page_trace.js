/* page_trace.js - reads the spans of a simulation or a run: lanes, idle times,
 * what lies on the links, activations held. */

const COMPUTES = new Set(["F", "B", "I", "W", "OVERLAP_F_B", "STEP"]);

/* lanes[r]: computations, in order; all[r]: transfers, too. */
function traceMake(sim) {
    const trace = {sim, ranks: sim.ranks, lanes: [], all: [], idle: [],
        blocks: 0, end: 0};
    for (let r = 0; r < sim.ranks; r++) {
        trace.lanes.push([]);
        trace.all.push([]);
    }
    const add = one => {
        trace.all[one.rank].push(one);
        if (!one.compute)
            return;
        one.n = trace.lanes[one.rank].length;
        trace.lanes[one.rank].push(one);
        if (one.end > one.start)
            trace.blocks++;
        trace.end = Math.max(trace.end, one.end);
    };
    if (sim.rows)
        traceRows(sim, add);
    for (const span of sim.spans || [])
        add(Object.assign({i: trace.all[span.rank].length,
            compute: COMPUTES.has(span.kind)}, span));
    traceMatch(trace);
    for (let r = 0; r < sim.ranks; r++)
        trace.idle.push(traceIdle(trace, r));
    return trace;
}

/* Spans as rows of numbers, five a span, as src/api/pipelab.h has them. */
function traceRows(sim, add) {
    const {kinds, per_unit, rows, overlaps} = sim;
    const computes = kinds.map(kind => COMPUTES.has(kind));
    const overlap = kinds.indexOf("OVERLAP_F_B");
    let next = 0;
    rows.forEach((row, rank) => {
        for (let at = 0, i = 0; at < row.length; at += 5, i++) {
            const one = {i, compute: computes[row[at]], rank, kind: kinds[row[at]],
                stage: row[at + 1], microbatch: row[at + 2],
                start: row[at + 3] / per_unit, end: row[at + 4] / per_unit};
            if (row[at] === overlap)
                one.cell = overlaps[next++];
            add(one);
        }
    });
}

/* Each RECV gets its SEND and the reverse; messages of a name come in order. */
function traceMatch(trace) {
    const sent = new Map();
    trace.messages = [];
    /* A number: texts took most of the time of a large trace. */
    const key = (letter, stage, mb) =>
        (mb * (trace.sim.stages + 1) + stage + 1) * 3 + "FBG".indexOf(letter);
    for (const lane of trace.all)
        for (const span of lane)
            if (span.kind.startsWith("SEND")) {
                const k = key(span.kind.slice(-1), span.stage, span.microbatch);
                if (sent.has(k))
                    sent.get(k).push(span);
                else
                    sent.set(k, [span]);
            }
    for (const lane of trace.all)
        for (const span of lane)
            if (span.kind.startsWith("RECV")) {
                const letter = span.kind.slice(-1);
                const from = span.stage + (letter === "F" ? -1 : 1);
                const send = (sent.get(key(letter, from, span.microbatch)) || [])
                    .shift();
                if (send) {
                    send.recv = span;
                    span.send = send;
                    trace.messages.push({send, recv: span});
                }
            }
    for (const list of sent.values())
        for (const send of list)
            trace.messages.push({send, recv: null});
    /* In the order of the link: of two ranks and a direction. */
    trace.links = new Map();
    for (const m of trace.messages) {
        const to = m.recv ? m.recv.rank : -1;
        if (to < 0)
            continue;
        const name = m.send.stage + m.send.kind.slice(-1);
        if (!trace.links.has(name))
            trace.links.set(name, {from: m.send.rank, to, kind: m.send.kind.slice(-1),
                stage: m.send.stage, list: []});
        trace.links.get(name).list.push(m);
    }
    /* Up through the stages, then down. */
    trace.links = new Map([...trace.links].sort(([, a], [, b]) =>
        a.kind === b.kind ? a.stage - b.stage : a.kind < b.kind ? 1 : -1));
    for (const link of trace.links.values())
        link.list.sort((x, y) => x.send.i - y.send.i);
}

/* The times at which a rank computes nothing, up to the end of all. */
function traceIdle(trace, rank) {
    const idle = [];
    let at = 0;
    const gap = to => {
        if (to > at)
            idle.push({rank, kind: "idle", start: at, end: to});
    };
    for (const span of trace.lanes[rank]) {
        gap(span.start);
        at = Math.max(at, span.end);
    }
    gap(trace.end);
    return idle;
}

/* What a rank is about at a moment: the span that covers it, or null when its
 * list has ended or it never goes on. */
function traceAt(trace, rank, t) {
    const list = trace.all[rank];
    let low = 0;
    let high = list.length;
    while (low < high) {
        const middle = (low + high) >> 1;
        if (list[middle].end <= t)
            low = middle + 1;
        else
            high = middle;
    }
    const span = list[low];
    return span && span.start <= t ? span : null;
}

const spanCell = s => s.cell || (s.kind === "STEP" ? s.stage + "STEP"
    : s.stage + s.kind + s.microbatch);
const payload = s => (s.kind.endsWith("F") ? "the activations" : "the gradient") +
    " of microbatch " + s.microbatch;

/* Messages that are sent and not received at a moment, link by link. */
function traceLinks(trace, t) {
    const shown = [];
    for (const link of trace.links.values()) {
        const on = link.list.filter(m => m.send.end <= t && m.recv.end > t &&
            m.send.end < m.recv.end);
        shown.push({link, on});
    }
    return shown;
}

/* Steps of how many activations a rank holds: [[time, held], ...]. */
function traceHeld(trace, rank) {
    const changes = [];
    for (const s of trace.lanes[rank]) {
        if (s.kind === "F" || s.kind === "OVERLAP_F_B")
            changes.push([s.start, 1]);
        if (s.kind === "OVERLAP_F_B" || s.kind === "W" || s.kind === "B")
            changes.push([s.end, -1]);
    }
    changes.sort((x, y) => x[0] - y[0] || x[1] - y[1]);
    const held = [[0, 0]];
    for (const [at, by] of changes) {
        const last = held[held.length - 1];
        if (last[0] === at)
            last[1] += by;
        else
            held.push([at, last[1] + by]);
    }
    return held;
}
