/* page_canvas.js - draws a large trace, of some thousands of blocks, on a
 * canvas: as page_timeline.js does, without an element a block. */

const CANVAS_BLOCKS = 2000;

function canvasDraw(trace, at, show) {
    const canvas = el("canvas", {tabindex: "0", role: "img",
        "aria-label": show.name + ": " + plural(trace.blocks, "block") +
            "; the arrow keys go from block to block"});
    const ratio = Math.min(window.devicePixelRatio || 1,
        16000 / at.width, 8000 / at.height);
    const style = getComputedStyle(document.documentElement);
    const ink = style.getPropertyValue("--ink").trim();
    const track = style.getPropertyValue("--track").trim();
    const order = chunks(trace);
    canvas.width = Math.ceil(at.width * ratio);
    canvas.height = Math.ceil(at.height * ratio);
    canvas.style.width = at.width + "px";
    canvas.style.height = at.height + "px";
    const g = canvas.getContext("2d");
    g.scale(ratio, ratio);
    g.font = "11px system-ui, sans-serif";
    g.textAlign = "center";
    g.textBaseline = "middle";
    const lit = show.critical ? new Set(show.critical) : null;
    canvasAxis(g, at, ink);
    for (let r = 0; r < trace.ranks; r++) {
        const y = at.y(r);
        g.globalAlpha = 1;
        g.fillStyle = track;
        g.fillRect(at.left, y, at.end * at.scale, at.lane);
        if (at.lane >= 9) {
            g.fillStyle = ink;
            g.textAlign = "right";
            g.font = Math.min(11, at.lane) + "px system-ui, sans-serif";
            g.fillText(at.left > 50 ? "rank " + r : "r" + r, at.left - 8, y + at.lane / 2);
            g.textAlign = "center";
        }
        for (const s of trace.lanes[r])
            if (s.end > s.start)
                canvasBlock(g, s, at, order.get(s.stage), lit);
    }
    return canvas;
}

function canvasAxis(g, at, ink) {
    const step = axisStep(at, 48);
    g.fillStyle = ink;
    for (let t = 0; t <= at.end; t += step) {
        g.globalAlpha = 0.75;
        g.fillText(number(t), at.x(t), at.top - 12);
        g.globalAlpha = 0.1;
        g.fillRect(at.x(t), at.top - 4, 1, at.height - at.top);
    }
}

function canvasBlock(g, s, at, of, lit) {
    const x = at.x(s.start);
    const width = (s.end - s.start) * at.scale;
    const y = at.y(s.rank);
    g.globalAlpha = lit && !lit.has(s) ? 0.3 : 1;
    g.fillStyle = (FILLS[s.kind] || FILLS.STEP)[of.i ? 1 : 0];
    g.fillRect(x, y, Math.max(width - (width > 4 ? 1 : 0), 0.4), at.lane);
    /* A mark a kind where there is room, so that colour is not all. */
    if (width >= 5 && at.lane >= 9 && s.kind !== "F") {
        g.fillStyle = "rgba(13,27,42,.3)";
        if (s.kind === "B")
            g.fillRect(x, y + at.lane - 2, width - 1, 2);
        else if (s.kind === "I")
            g.fillRect(x, y, width - 1, 2);
        else if (s.kind === "W")
            g.fillRect(x, y + at.lane / 2 - 1, width - 1, 2);
    }
    const label = (LETTERS[s.kind] || s.kind) + (s.kind === "STEP" ? "" : s.microbatch);
    if (at.lane >= 12 && label.length * 6.3 < width) {
        g.fillStyle = INK;
        g.fillText(label, x + width / 2, y + at.lane / 2 + 0.5);
    }
}

/* The rank and the time that a point of a picture stands for. */
function pointAt(trace, at, x, y) {
    const rank = Math.floor((y - at.top) / (at.lane + at.strip + at.gap));
    const t = (x - at.left) / at.scale;
    if (rank < 0 || rank >= trace.ranks || t < 0 || t >= at.end)
        return null;
    return {rank, t};
}

/* The block or the idle time there. */
function thingAt(trace, rank, t) {
    const inside = s => s.start <= t && t < s.end;
    return trace.lanes[rank].find(inside) || trace.idle[rank].find(inside) || null;
}
