/* page_figures.js - the figures of a plan, those of plan A beside them, and the
 * table of all schedules that fit. */

const most = list => Math.max(0, ...(list || []));

/* "8.2 GiB" */
function bytesWords(bytes) {
    const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
    let u = 0;
    for (; bytes >= 1024 && u + 1 < units.length; u++)
        bytes /= 1024;
    return number(Math.round(10 * bytes) / 10) + " " + units[u];
}

/* good: which direction is better; extra: not printed. */
const FIGURES = [
    {name: "makespan", of: s => s.makespan, show: number, good: -1,
     says: s => (s.unit === "tick" ? "ticks" : s.unit) + ", makespan"},
    {name: "bubble", of: s => s.bubble_fraction, show: percent, good: -1,
     says: () => "bubble: idle of ranks × makespan"},
    {name: "period", of: s => s.period, show: number, good: -1,
     says: () => "period: each further step"},
    {name: "steady bubble", of: s => s.steady_bubble, show: percent, good: -1,
     says: () => "steady bubble, steps in a row"},
    {name: "peak", of: s => most(s.peak_activations), show: number, good: -1,
     says: s => "activations at most: " + (s.ranks <= 8 ? s.peak_activations.join(" ") : "on a rank")},
    {name: "memory", of: s => s.total_peak_bytes && most(s.total_peak_bytes),
     show: bytesWords, good: -1,
     says: s => "on the fullest rank" + (s.max_memory ? (s.fits_memory
         ? ": fits in " : ": more than ") + bytesWords(s.max_memory) : "")},
    {name: "messages", of: s => s.messages, show: number, good: -1,
     says: s => "messages" + (s.capacity === undefined ? "" : ", " + plural(s.capacity, "slot") + " a link")},
];

/* other: what is compared with, or nothing; name: what that is called. */
function figuresShow(sim, other, name) {
    const box = $("figures");
    box.replaceChildren(...FIGURES.filter(f => f.of(sim) !== undefined).map(f => {
        const value = f.of(sim);
        const cell = el("div", {class: "figure", "data-figure": f.name},
            el("b", {}, f.show(value)), el("span", {}, f.says(sim)));
        const was = other && !other.error ? f.of(other) : undefined;
        if (was !== undefined) {
            const by = Math.sign(value - was) * f.good;
            cell.append(el("i", {class: by > 0 ? "better" : by < 0 ? "worse" : "soft"},
                Math.abs(value - was) < 1e-9 ? "as " + name : name + ": " + f.show(was)));
        }
        return cell;
    }));
}

const COLUMNS = [
    ["period", s => number(s.period)], ["steady", s => percent(s.steady_bubble)],
    ["makespan", s => number(s.makespan)], ["bubble", s => percent(s.bubble_fraction)],
    ["peak", s => number(most(s.peak_activations))],
    ["messages", s => number(s.messages)],
    ["least slots", s => number(s.smallest_capacity)],
];

/* With the bytes of the fullest rank, where they are known. */
const columnsOf = rows => rows.some(s => s.total_peak_bytes) ? [...COLUMNS.slice(0, 5),
    ["memory", s => bytesWords(most(s.total_peak_bytes)) + (s.fits ? "" : ", over")],
    ...COLUMNS.slice(5)] : COLUMNS;

/* rows: what compare answers for each schedule; waiting: names of those to come.
 * pick(name): called for a row that is chosen. */
function compareShow(rows, waiting, current, pick) {
    const columns = columnsOf(rows);
    const longest = Math.max(...rows.map(s => s.period || s.makespan || 0));
    const head = el("tr", {}, el("th", {scope: "col"}, "schedule"),
        el("th", {scope: "col", class: "bars"}, "busy and idle of a period"),
        ...columns.map(c => el("th", {scope: "col"}, c[0])));
    const lines = rows.map(s => {
        const name = el("td", {}, el("button", {type: "button", class: "pick",
            onclick: () => pick(s.schedule)}, s.schedule));
        if (s.deadlock)
            return el("tr", {}, name, el("td", {colspan: columns.length + 1}, "deadlock: it needs " +
                plural(s.smallest_capacity, "slot") + " a link"));
        const whole = 140 * s.period / longest;
        const busy = whole * (1 - s.steady_bubble);
        return el("tr", {class: s.schedule === current ? "here" : null}, name,
            el("td", {class: "bars"},
                el("span", {class: "bar", style: `width:${busy.toFixed(1)}px`}),
                el("span", {class: "bar", style: `width:${(whole - busy).toFixed(1)}px`})),
            ...columns.map(c => el("td", {}, c[1](s))));
    });
    lines.push(...waiting.map(name => el("tr", {class: "soft"}, el("td", {}, name),
        el("td", {colspan: columns.length + 1}, "…"))));
    $("compare-body").replaceChildren(el("div", {class: "scroll", tabindex: "0", role: "region",
        "aria-label": "Table of all schedules that fit"},
        el("table", {}, el("thead", {}, head), el("tbody", {}, ...lines))));
}
