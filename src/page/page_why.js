/* page_why.js - why a rank waits, and which chain makes a step as long as it
 * is: the engine's answers for what it has simulated; for a run that was
 * measured and for a table that it does not take, what the spans tell. */

/* The engine's answer at a moment, or null. */
function whyAsk(trace, t) {
    if (!trace.words)
        return null;
    if (!trace.asked || trace.asked.t !== t)
        trace.asked = {t, answer: engine.call(["why", ...trace.words,
            "--at", String(t)], trace.csv)};
    return trace.asked.answer.error ? null : trace.asked.answer;
}

/* Why a rank is idle at a moment, a line a rank, up to the root. */
function traceWhy(trace, rank, t) {
    const answer = whyAsk(trace, t);
    const lines = [];
    const seen = new Set();
    for (let r = rank; ; r = lines[lines.length - 1].peer) {
        if (seen.has(r)) {
            lines.push({rank: r, root: true, text: "and so the circle closes at rank " + r});
            return lines;
        }
        seen.add(r);
        lines.push(answer ? waitLine(trace, answer.waits[r]) : spanLine(trace, r, t));
        if (lines[lines.length - 1].root)
            return lines;
    }
}

function waitLine(trace, wait) {
    const span = trace.all[wait.rank][wait.position];
    const sent = wait.kind === "way";
    return {rank: wait.rank, peer: wait.peer, text: wait.text,
        root: sent || wait.peer === undefined, span: sent ? span.send : span};
}

/* The same by the spans alone. */
function spanLine(trace, rank, t) {
    const span = traceAt(trace, rank, t);
    const stop = (trace.stops || []).find(s => s.rank === rank);
    const line = text => ({rank, root: true, span, text: `rank ${rank} ${text}`});
    if (span && span.compute)
        return line("runs " + spanCell(span));
    const other = span && (span.send || span.recv);
    if (other) {
        const sent = span.send && other.end <= t;
        return Object.assign(line(`waits ${span.send ? "for" : "to send"} ${payload(span)}, ` +
            `${span.send ? "from" : "to"} rank ${other.rank}` + (sent ? ", on its way" : "")),
        {root: sent, peer: other.rank, span: other});
    }
    const later = trace.lanes[rank].find(s => s.start > t);
    return line(later ? "waits for what " + spanCell(later) + " needs"
        : stop ? `stopped at ${stop.cell}: ${stop.text}` : "has nothing left to do");
}

/* The chain that the whole step waits for, the last first. */
function traceCritical(trace) {
    if (!trace.words)
        return runCritical(trace);
    const answer = engine.call(["why", ...trace.words], trace.csv);
    return answer.error ? [] : answer.path.map(s => trace.all[s.rank][s.position]);
}

/* Of a run, whose times are measured: from its last computation back, always to
 * what ended last before. */
function runCritical(trace) {
    const path = new Set();
    let at = trace.lanes.flat().reduce((last, s) =>
        s.kind !== "STEP" && (!last || s.end > last.end) ? s : last, null);
    while (at && !path.has(at)) {
        path.add(at);
        const before = trace.all[at.rank][at.i - 1] || null;
        at = at.send && (!before || at.send.end > before.end) ? at.send : before;
    }
    return [...path];
}
