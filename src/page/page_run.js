/* page_run.js - the report of a run: measured lanes under predicted ones on one
 * axis, what each action's time was, losses, memory, the machine. */

/* What --html wrote into the page, or null (src/cli/run_report.h):
 *   {command, panels: [{name, note, unit, ranks, stages, microbatches,
 *    makespan, ..., spans: [...]}], losses, session, tables} */
let run = null;

const PARTS = {compute: "compute", copy: "copy", wait_input: "wait for input",
    wait_room: "wait for room", off_core: "off core"};

function runStart() {
    run = JSON.parse($("run-data").textContent);
    if (!run)
        return;
    run.session = run.session || {};
    run.traces = run.panels.map(p =>
        traceMake(Object.assign(p, {capacity: run.session.capacity})));
    $("mode-run").hidden = false;
    document.title = "pipelab " + run.command + ": " + runTitle();
    if (!location.hash)
        state.mode = "run";
}

const runTitle = () => [...new Set(run.panels.map(p => p.name))].join(", ");

/* The shape, and what the machine was. */
function runWords() {
    const {session} = run;
    return [run.command, shapeWords(Object.assign({steps: 1}, run.panels[0])),
        session.cores ? plural(session.cores, "core") : "",
        session.samples_per_second ? number(session.samples_per_second) + " samples a second" : ""]
        .filter(Boolean).join(" · ");
}

/* An action's time and what it was made of. */
function partsWords(span) {
    const parts = Object.entries(PARTS).filter(([key]) => span[key] > 0)
        .map(([key, word]) => `${word} ${number(span[key])}`);
    return parts.length ? " (" + parts.join(", ") + ")" : "";
}

/* All panels on one axis, the last one where the cursor and the keys go. */
function runShow() {
    const axis = {end: Math.max(...run.traces.map(t => t.end)) || 1,
        least: leastOf(run.traces), fits: true};
    const last = run.panels.length - 1;
    const draw = (box, i, prefix) => {
        const trace = run.traces[i];
        const panel = run.panels[i];
        const at = layout(trace, roomOf($("timeline")), axis, state.zoom, run.panels.length > 3);
        const show = {name: panel.name + ", timeline", arrows: state.arrows, cap: 0,
            critical: state.critical ? traceCritical(trace) : null};
        drawInto(box, trace, at, prefix, show);
        box.prepend(el("div", {class: "lanes-name"}, panel.name,
            el("span", {class: "soft"}, panel.note ? "  " + panel.note : "")));
        return {trace, at, show, sim: panel, title: runTitle()};
    };
    $("title").textContent = runTitle();
    $("subtitle").textContent = runWords();
    problemShow(null);
    $("other").hidden = last === 0;
    $("other").replaceChildren(...run.panels.slice(0, last).map((_, i) => {
        const box = el("div", {class: "panel"});
        draw(box, i, "r" + i);
        return box;
    }));
    $("timeline").hidden = false;
    page.view = draw($("timeline"), last, "p");
    clock.moments = momentsOf(page.view.trace);
    $("time").max = Math.max(0, clock.moments.length - 1);
    $("figures").hidden = page.view.sim.makespan === undefined;
    if (!$("figures").hidden)
        figuresShow(page.view.sim, run.command !== "compare" && last === 1 ? run.panels[0] : null, "predicted");
    legendShow(page.view.trace);
    whyClear();
    clockSet(state.t, true);
    rove($("timeline"));
    $("run-report").replaceChildren(el("h3", {id: "run-h"}, "The run"), ...runParts());
}

function runTable(id, head, rows) {
    return el("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": id},
        el("table", {}, el("thead", {}, el("tr", {}, ...head.map(h => el("th", {scope: "col"}, h)))),
            el("tbody", {}, ...rows.map(r => el("tr", {}, ...r.map(c => el("td", {}, String(c))))))));
}

function runParts() {
    const parts = [];
    if (run.losses && run.losses.length)
        parts.push(el("h4", {}, `Loss, ${plural(run.losses.length, "step")}`), lossChart(run.losses));
    if (run.session.wall)
        parts.push(el("h4", {}, "Seconds of each rank"), runTable("Seconds of each rank",
            ["rank", ...Object.values(PARTS)], run.session.wall.map((w, r) =>
                [r, ...Object.keys(PARTS).map(k => number(w[k]))])));
    const memory = run.session;
    if (memory.peak_bytes)
        parts.push(el("h4", {}, "Memory, KiB"), runTable("Memory of each rank",
            ["rank", "weights", "gradients", "optimizer", "activations"],
            memory.peak_bytes.map((peak, r) => [r, ...[memory.weight_bytes,
                memory.gradient_bytes, memory.optimizer_bytes].map(list =>
                list ? (list[r] / 1024).toFixed(1) : ""), (peak / 1024).toFixed(1)])));
    for (const panel of run.panels.filter(p => p.bytes))
        parts.push(el("h4", {}, "Bytes over time: " +
            [panel.name, panel.note].filter(Boolean).join(", ")), bytesChart(panel));
    for (const table of run.tables || [])
        parts.push(el("h4", {}, "All schedules"), runTable("All schedules",
            ["schedule", ...COLUMNS.map(c => c[0])], table.schedules.map(s =>
                [s.schedule, ...(s.deadlock ? ["deadlock"] : COLUMNS.map(c => c[1](s)))])));
    return parts;
}

/* What each rank holds, a strip a rank: what stays through the step, on it the
 * activations, and the limit where it is not far above them all. */
function bytesChart({bytes, ranks, makespan}) {
    const wide = 760;
    const left = 150;
    const tall = ranks > 16 ? 16 : 40;
    const row = tall + (ranks > 16 ? 2 : 8);
    const peaks = bytes.held.map(list => Math.max(...list.filter((_, i) => i % 2)));
    const peak = Math.max(...peaks, 1);
    const limit = bytes.most > 0 && bytes.most <= 4 * peak ? bytes.most : 0;
    const x = t => (left + (wide - left - 8) * t / (makespan || 1)).toFixed(1);
    const high = n => tall * n / Math.max(peak, limit);
    const strips = bytes.held.map((list, r) => {
        const base = r * row + row - 2;
        let d = `M${left} ${base}`;
        for (let i = 0; i < list.length; i += 2)
            d += `H${x(list[i])}V${(base - high(list[i + 1])).toFixed(1)}`;
        const over = bytes.most > 0 && peaks[r] > bytes.most;
        return `<text x="${left - 8}" y="${base - 2}" text-anchor="end"${over ? ' class="over"' : ""}>rank ${r}: ${bytesWords(peaks[r])}</text>` +
            `<path class="held" d="${d}H${x(makespan)}V${base}z"/>` +
            `<rect class="fixed" x="${left}" y="${(base - high(bytes.fixed[r])).toFixed(1)}" width="${(x(makespan) - left).toFixed(1)}" height="${high(bytes.fixed[r]).toFixed(1)}"/>` +
            (limit ? `<path class="cap" d="M${left} ${(base - high(limit)).toFixed(1)}H${x(makespan)}"/>` : "");
    }).join("");
    const box = el("div", {class: "bytes"});
    box.innerHTML = `<svg viewBox="0 0 ${wide} ${ranks * row}" role="img" aria-label="Bytes over time, at most ${peaks.map((p, r) => `${bytesWords(p)} on rank ${r}`).join(", ")}">${strips}</svg>`;
    box.append(el("p", {class: "soft"}, "dark: weights, gradients, optimizer state and links; light: activations" +
        (bytes.most > 0 ? "; a rank may hold " + bytesWords(bytes.most) + (limit ? ", dashed" : "") : "")));
    return box;
}

/* The losses as a line, the least and the largest named. */
function lossChart(losses) {
    const all = losses.filter(x => x !== null);
    const low = Math.min(...all);
    const high = Math.max(...all);
    const wide = innerWidth > 860 ? 640 : 340;
    const tall = 130;
    const x = i => 50 + (wide - 60) * i / Math.max(1, losses.length - 1);
    const y = v => 12 + (tall - 24) * (high - v) / (high - low || 1);
    const d = losses.map((v, i) => v === null ? "" :
        `${i && losses[i - 1] !== null ? "L" : "M"}${x(i).toFixed(1)} ${y(v).toFixed(1)}`).join("");
    const box = el("div", {class: "loss"});
    box.innerHTML = `<svg viewBox="0 0 ${wide} ${tall}" role="img" aria-label="Loss from ${number(losses[0])} to ${number(losses[losses.length - 1])}">` +
        `<path d="M50 ${y(low)}H${wide - 10}M50 ${y(high)}H${wide - 10}" stroke="var(--line)"/>` +
        `<text x="44" y="${y(high) + 4}" text-anchor="end">${number(high)}</text><text x="44" y="${y(low) + 4}" text-anchor="end">${number(low)}</text>` +
        `<path d="${d}" fill="none" stroke="var(--accent)" stroke-width="2"/></svg>`;
    return box;
}
