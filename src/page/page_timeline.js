/* page_timeline.js - draws a trace as SVG: a lane a rank, a block a
 * computation, the activations held below each lane. */

/* Of two lightnesses: a rank's first stage, and its others. */
const FILLS = {
    F: ["#5cb5ea", "#a9daf7"], B: ["#eea63a", "#f8d397"],
    I: ["#2fb48d", "#92dcc3"], W: ["#f2e05a", "#faf0ae"],
    OVERLAP_F_B: ["#d78fb8", "#ecc6db"], STEP: ["#b9bdc4", "#d5d8dd"],
};
const LETTERS = {OVERLAP_F_B: "FB", STEP: "S"};
const INK = "#0d1b2a";

const PATTERNS = {
    B: '<path d="M-2 2l4-4M0 8l8-8M6 10l4-4"/>',
    I: '<circle cx="2" cy="2" r="1.1" fill="#0d1b2a" stroke="none"/><circle cx="6" cy="6" r="1.1" fill="#0d1b2a" stroke="none"/>',
    W: '<path d="M0 2h8M0 6h8"/>',
    OVERLAP_F_B: '<path d="M0 0l8 8M8 0l-8 8"/>',
    STEP: '<path d="M2 0v8M6 0v8"/>',
};

function patternDefs(prefix) {
    return "<defs>" + Object.entries(PATTERNS).map(([kind, marks]) =>
        `<pattern id="${prefix}${kind}" width="8" height="8" patternUnits="userSpaceOnUse"><g fill="none" stroke="${INK}" stroke-width="1.1" opacity=".26">${marks}</g></pattern>`)
        .join("") + `<pattern id="${prefix}idle" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0v6" stroke="#7d8b9c" stroke-width="1.2" opacity=".45"/></pattern>` +
        `<marker id="${prefix}head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto"><path d="M0 0L8 4L0 8z" fill="context-stroke"/></marker></defs>`;
}

/* Which of its rank's stages a stage is, from 0. */
function chunks(trace) {
    const order = new Map();
    trace.lanes.forEach(lane => {
        const mine = [...new Set(lane.map(s => s.stage))].sort((a, b) => a - b);
        mine.forEach((s, i) => order.set(s, {i, of: mine.length}));
    });
    return order;
}

/* The shortest block of some traces. */
function leastOf(traces) {
    let least = Infinity;
    for (const list of traces.flatMap(t => t.lanes))
        for (const s of list)
            if (s.end > s.start)
                least = Math.min(least, s.end - s.start);
    return isFinite(least) ? least : 1;
}

/* Where everything stands. axis: {end, least, fits} of all traces that are
 * shown; fits: it is no wider than the room. */
function layout(trace, room, axis, zoom, tight) {
    const {end, least} = axis;
    const ranks = trace.ranks;
    const left = room < 560 ? 44 : 66;
    const right = 12;
    const many = ranks > 16;
    const lane = tight ? 20 : many ? Math.max(9, Math.floor(640 / ranks)) : 34;
    const strip = tight || many ? 0 : 13;
    const gap = many ? 2 : tight ? 6 : 9;
    /* As wide as there is room; a block has room for its letters, where that is
     * not too long, and not for much more. */
    const fit = Math.min((room - left - right) / Math.max(end, 1e-9), 72 / least);
    const want = axis.fits ? 0 : trace.blocks > 2000 ? 3 / least : 20 / least;
    const scale = Math.max(fit, Math.min(want, 12000 / Math.max(end, 1e-9))) * zoom;
    const top = 24;
    return {left, lane, strip, gap, scale, top, end, many, least,
        width: Math.max(room, Math.ceil(left + right + end * scale)),
        height: top + ranks * (lane + strip + gap) + 4,
        x: t => left + t * scale,
        y: r => top + r * (lane + strip + gap)};
}

/* 1, 2 or 5 times a power of ten: no more labels than there is room for. */
function axisStep(at, room) {
    const least = room / at.scale;
    const power = 10 ** Math.floor(Math.log10(least));
    const step = [1, 2, 5, 10].map(k => k * power).find(k => k >= least);
    return at.least >= 1 ? Math.max(1, step) : step;
}

function axisMarkup(at) {
    const step = axisStep(at, 40);
    let text = "";
    for (let t = 0; t <= at.end * (1 + 1e-9); t += step) {
        const x = at.x(t).toFixed(1);
        text += `<path class="grid" d="M${x} ${at.top - 5}V${at.height - 4}"/>` +
            `<text class="axis" x="${x}" y="${at.top - 10}">${number(t)}</text>`;
    }
    return `<g aria-hidden="true">${text}</g>`;
}

/* Width of a label in the page's font at 12 pixels; each is measured once. */
const labelWidths = new Map();
let ruler = null;
function labelWidth(label) {
    if (!ruler) {
        ruler = document.createElement("canvas").getContext("2d");
        ruler.font = "650 12px " + getComputedStyle(document.body).fontFamily;
    }
    if (!labelWidths.has(label))
        labelWidths.set(label, ruler.measureText(label).width);
    return labelWidths.get(label);
}

/* The letters of a block, smaller or none where there is no room for them. */
function blockLabel(span, x, y, width, of, tall) {
    if (tall < 13)
        return "";
    const letter = LETTERS[span.kind] || span.kind;
    const label = span.kind === "STEP" ? "S"
        : span.kind === "OVERLAP_F_B" && span.cell
        ? span.cell.replace(/\((\d+)F(\d+);(\d+)B(\d+)\).*/, "F$2 B$4")
        : letter + span.microbatch;
    const wide = labelWidth(label);
    const small = wide > width - 2;
    if (small && wide * 10 / 12 > width)
        return "";
    const stage = of.of > 1 && span.kind !== "STEP" && width > wide + 14
        ? `<tspan class="stage" dy="3">${span.stage}</tspan>` : "";
    return `<text class="cell${small ? " small" : ""}" x="${(x + width / 2).toFixed(2)}" y="${(y + tall / 2 + 4.3).toFixed(1)}">${label}${stage}</text>`;
}

function spanSpoken(trace, span) {
    const several = trace.sim.stages > trace.ranks;
    const words = span.kind === "OVERLAP_F_B" ? "overlapped " + span.cell
        : cellWords(span.kind, span.stage, span.microbatch, several);
    return `${spanCell(span)}: ${words}, rank ${span.rank}, time ${number(span.start)} to ${number(span.end)}${partsWords(span)}`;
}

/* A block and, apart from it, its letters: a block's spoken name says more. */
function blockMarkup(trace, span, at, order, prefix) {
    const x = at.x(span.start);
    const width = Math.max((span.end - span.start) * at.scale, 0.5);
    const y = at.y(span.rank);
    const of = order.get(span.stage);
    const kind = FILLS[span.kind] ? span.kind : "STEP";
    const gap = width > 6 ? 1 : 0;
    const box = `x="${(x + gap / 2).toFixed(2)}" y="${y}" width="${(width - gap).toFixed(2)}" height="${at.lane}" rx="${Math.min(4, width / 4).toFixed(1)}"`;
    return {block: `<g class="block" data-r="${span.rank}" data-n="${span.n}" data-m="${span.microbatch}" role="gridcell" tabindex="-1" aria-label="${spanSpoken(trace, span)}">` +
        `<rect ${box} fill="${FILLS[kind][of.i ? 1 : 0]}"/>` +
        (PATTERNS[kind] ? `<rect ${box} fill="url(#${prefix}${kind})"/>` : "") + "</g>",
    label: blockLabel(span, x, y, width, of, at.lane)};
}

function idleMarkup(gap, n, at, prefix) {
    const x = at.x(gap.start);
    const width = (gap.end - gap.start) * at.scale;
    return `<g class="idle" data-r="${gap.rank}" data-idle="${n}" role="gridcell" tabindex="-1" aria-label="idle, rank ${gap.rank}, time ${number(gap.start)} to ${number(gap.end)}">` +
        `<rect x="${x.toFixed(2)}" y="${at.y(gap.rank)}" width="${width.toFixed(2)}" height="${at.lane}" fill="url(#${prefix}idle)"/></g>`;
}

/* The activations held, as steps below the lane. */
function heldMarkup(trace, rank, at, most, cap) {
    const base = at.y(rank) + at.lane + at.strip;
    const high = n => base - (at.strip - 2) * n / most;
    let d = `M${at.x(0)} ${base}`;
    for (const [t, n] of traceHeld(trace, rank))
        d += `H${at.x(t).toFixed(2)}V${high(n).toFixed(2)}`;
    d += `H${at.x(trace.end).toFixed(2)}V${base}z`;
    const limit = cap && cap <= most
        ? `<path class="cap" d="M${at.x(0)} ${high(cap)}H${at.x(at.end)}"/>` : "";
    return `<path class="held" d="${d}"/>${limit}`;
}

function arrowMarkup(trace, at, prefix) {
    return trace.messages.filter(m => m.recv).map(({send, recv}) => {
        const down = recv.rank > send.rank;
        const y1 = at.y(send.rank) + (down ? at.lane : 0);
        const y2 = at.y(recv.rank) + (down ? 0 : at.lane);
        return `<path class="arrow ${send.kind.slice(-1)}" marker-end="url(#${prefix}head)" d="M${at.x(send.end).toFixed(1)} ${y1}L${at.x(recv.end).toFixed(1)} ${y2}"/>`;
    }).join("");
}

/* A line through the blocks of a chain, the last first. */
function pathMarkup(path, at) {
    const steps = path.filter(s => s.compute && s.end > s.start);
    if (!steps.length)
        return "";
    const mid = r => at.y(r) + at.lane / 2;
    const d = steps.slice(0, -1).map((s, i) => {
        const from = steps[i + 1];
        return from.rank === s.rank && from.end === s.start ? "" :
            `M${at.x(from.end).toFixed(1)} ${mid(from.rank)}L${at.x(s.start).toFixed(1)} ${mid(s.rank)}`;
    }).join("");
    const boxes = steps.map(s =>
        `<rect class="lit" x="${at.x(s.start).toFixed(1)}" y="${at.y(s.rank)}" width="${((s.end - s.start) * at.scale).toFixed(1)}" height="${at.lane}" rx="4"/>`)
        .join("");
    return `<g class="critical" aria-hidden="true">${boxes}<path d="${d}"/></g>`;
}

/* Where a level's best plan ends. */
function parMarkup(show, at) {
    if (!show.par)
        return "";
    const x = at.x(show.par).toFixed(1);
    return `<g aria-hidden="true"><path class="par" d="M${x} ${at.top - 4}V${at.height - 2}"/><text class="par-name" x="${x - 5}" y="${at.height - 6}">par</text></g>`;
}

/* One lane: its name, blocks and idle times in the order of time. */
function laneMarkup(trace, rank, at, order, prefix, most, show) {
    const blocks = trace.lanes[rank].filter(s => s.end > s.start)
        .map(s => Object.assign(blockMarkup(trace, s, at, order, prefix), {at: s.start}));
    const cells = [...blocks, ...trace.idle[rank].map((g, n) =>
        ({at: g.start, block: idleMarkup(g, n, at, prefix), label: ""}))]
        .sort((x, y) => x.at - y.at);
    const peak = Math.max(0, ...traceHeld(trace, rank).map(h => h[1]));
    const name = at.left > 50 ? "rank " + rank : "r" + rank;
    const y = at.y(rank);
    const label = at.many && at.lane < 11 ? "" :
        `<text class="lane" x="${at.left - 10}" y="${y + at.lane / 2 + (at.strip ? 1 : 4)}">${name}</text>` +
        (at.strip ? `<text class="peak" x="${at.left - 10}" y="${y + at.lane / 2 + 15}">${at.left > 50 ? "holds " : ""}${peak}</text>` : "");
    return `<g role="row" aria-label="rank ${rank}, holds ${peak} activations at most">` +
        `<rect class="track" x="${at.left}" y="${y}" width="${(at.end * at.scale).toFixed(1)}" height="${at.lane}" rx="4"/>` +
        `<g role="rowheader">${label || `<title>rank ${rank}</title>`}</g>` +
        cells.map(c => c.block).join("") +
        `<g aria-hidden="true">${cells.map(c => c.label).join("")}</g>` +
        (at.strip ? `<g aria-hidden="true">${heldMarkup(trace, rank, at, most, show.cap)}</g>` : "") + "</g>";
}

/* show: {critical: a chain, arrows, cap, par, name}. */
function timelineMarkup(trace, at, prefix, show) {
    const order = chunks(trace);
    const most = Math.max(1, ...trace.lanes.map((_, r) =>
        Math.max(...traceHeld(trace, r).map(h => h[1]))), show.cap || 0);
    let lanes = "";
    for (let r = 0; r < trace.ranks; r++)
        lanes += laneMarkup(trace, r, at, order, prefix, most, show);
    return `<svg xmlns="http://www.w3.org/2000/svg" class="timeline${show.critical ? " has-critical" : ""}" width="${at.width}" height="${at.height}" viewBox="0 0 ${at.width} ${at.height}" role="grid" aria-label="${escaped(show.name)}" aria-readonly="true">` +
        patternDefs(prefix) + axisMarkup(at) + lanes +
        (show.arrows ? `<g aria-hidden="true">${arrowMarkup(trace, at, prefix)}</g>` : "") +
        (show.critical ? pathMarkup(show.critical, at) : "") +
        parMarkup(show, at) + `<g class="over" aria-hidden="true"></g>` +
        `<path class="cursor" d="M0 ${at.top - 6}V${at.height - 2}" transform="translate(${at.left})" aria-hidden="true"/></svg>`;
}
