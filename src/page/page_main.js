/* page_main.js - puts the parts together: what is chosen is asked of the
 * engine, and the answers are shown. */

const page = {view: null, past: [], pastField: "", schedules: []};

/* ---- the timeline and its figures ---- */

function roomOf(box) {
    return Math.max(260, box.clientWidth - 18);
}

function drawInto(box, trace, at, prefix, show) {
    if (trace.blocks > CANVAS_BLOCKS)
        box.replaceChildren(canvasDraw(trace, at, show));
    else
        box.innerHTML = timelineMarkup(trace, at, prefix, show);
}

/* What a plan of the state is called. */
function planTitle(of, sim) {
    return of.csv ? (planRecognise(planFromCsv(csvLong(of.csv)), of) || "Your plan")
        : sim && sim.schedule || of.schedule;
}

function shapeWords(of) {
    return [plural(of.ranks, "rank"), plural(of.stages, "stage"),
        plural(of.microbatches, "microbatch", "microbatches")].join(" · ") +
        (of.steps > 1 ? " · " + plural(of.steps, "step") + " in a row" : "");
}

/* Simulates what is chosen. A plan that cannot run is shown as far as it
 * does. */
function simulate(of) {
    const csv = of.csv ? csvLong(of.csv) : null;
    const rows = csv ? planFromCsv(csv) : [];
    const part = csv && planCount(rows, of, editSplit(rows)).missing > 0;
    const sim = engine.call([...simulateWords(of),
        ...(part ? ["--part", ...shapeOptions(of)] : [])], csv);
    const asked = {words: stepWords(of), csv};
    if (!sim.error)
        return {sim, trace: Object.assign(traceMake(sim), asked)};
    const {error} = sim;
    const trace = traceMake({ranks: of.ranks, stages: of.stages, microbatches: of.microbatches,
        spans: error.spans || []});
    error.part = part && Boolean(error.spans);
    trace.stops = error.stops || [];
    return {sim, trace: Object.assign(trace, part ? {} : asked)};
}

function show() {
    if (state.mode === "run" && run)
        return runShow();
    const began = performance.now();
    const {sim, trace} = simulate(state);
    const bad = sim.error;
    const title = planTitle(state, sim);
    $("title").textContent = title;
    $("subtitle").textContent = shapeWords(state);
    problemShow(bad);
    const other = otherMake();
    const box = $("timeline");
    box.hidden = trace.blocks === 0 && $("edit").hidden;
    const level = levelNow();
    const axis = {end: Math.max(trace.end, other ? other.trace.end : 0,
        level ? level.par : 0) || 1, least: leastOf([trace, ...(other ? [other.trace] : [])])};
    otherShow(other, axis);
    const at = layout(trace, roomOf(box), axis, state.zoom, false);
    const show = {name: title + ", timeline", arrows: state.arrows,
        critical: state.critical ? traceCritical(trace) : null,
        cap: Number(state.maxActivations) || 0, par: level ? level.par : 0};
    drawInto(box, trace, at, "p", show);
    if (other)
        box.prepend(el("div", {class: "lanes-name"}, "B: " + title));
    page.view = {sim, trace, at, show, title};
    clock.moments = momentsOf(trace);
    $("time").max = Math.max(0, clock.moments.length - 1);
    $("figures").hidden = Boolean(bad);
    if (!bad)
        figuresShow(sim, other && other.sim, "A");
    legendShow(trace);
    whyClear();
    clockSet(state.t, true);
    rove(box);
    editShow();
    levelsShow();
    if (!$("compare").hidden)
        compareRenew();
    document.documentElement.dataset.took = (performance.now() - began).toFixed(1);
}

function problemShow(bad) {
    const box = $("problem");
    const editing = state.csv && !$("edit").hidden;
    box.hidden = !bad || (editing && !bad.circle);
    box.replaceChildren();
    if (box.hidden)
        return;
    box.append(el("div", {}, refusal(bad)));
    if (bad.circle)
        box.insertAdjacentHTML("beforeend", circleMarkup(bad.circle));
}

/* The first line of what the check says, without the file's name. */
const refusal = bad => bad.text.split("\n")[0].replace(/^(table|stdin): /, "")
    .replace(/^--(model|cluster): /, (all, what) => (machineNames[what] || what) + ": ");

/* A deadlock as a circle: each rank with an arrow to the one it waits for. */
function circleMarkup(circle) {
    const n = circle.length;
    const cx = 220;
    const cy = n === 2 ? 56 : 130;
    const turn = n === 2 ? Math.PI : Math.PI / 2;
    const place = (i, by) => [cx + by * 84 * Math.cos(2 * Math.PI * i / n - turn),
        cy + by * 84 * Math.sin(2 * Math.PI * i / n - turn)];
    const parts = circle.map((wait, i) => {
        const [x, y] = place(i, 1);
        const [tx, ty] = place((i + 1) % n, 1);
        const d = Math.hypot(tx - x, ty - y) || 1;
        const cut = 25 / d;
        const bend = n === 2 ? 34 : 0;
        const mx = (x + tx) / 2 + bend * (ty - y) / d;
        const my = (y + ty) / 2 - bend * (tx - x) / d;
        const [lx] = place(i, 1.34);
        const anchor = Math.abs(lx - cx) < 20 ? "middle" : lx > cx ? "start" : "end";
        const out = anchor === "middle" ? [x, y + (y < cy ? -30 : 40)]
            : [x + (lx > cx ? 30 : -30), y + 4];
        return `<path d="M${x + (tx - x) * cut} ${y + (ty - y) * cut}Q${mx} ${my} ${tx - (tx - x) * cut} ${ty - (ty - y) * cut}" fill="none" stroke="currentColor" stroke-width="2" marker-end="url(#cf)"/>` +
            `<circle cx="${x}" cy="${y}" r="21" fill="none" stroke="currentColor" stroke-width="2"/>` +
            `<text x="${x}" y="${y + 5}" text-anchor="middle" font-weight="700">${wait.rank}</text>` +
            `<text x="${out[0]}" y="${out[1]}" text-anchor="${anchor}">at ${escaped(wait.cell)}</text>`;
    }).join("");
    return `<svg viewBox="0 0 440 ${2 * cy + 2}" role="img" aria-label="A circle of waiting: ${circle.map(w => "rank " + w.rank + " waits for rank " + w.peer).join(", ")}"><defs><marker id="cf" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="6" markerHeight="6" orient="auto"><path d="M0 0L8 4L0 8z" fill="currentColor"/></marker></defs>${parts}</svg>`;
}

function legendShow(trace) {
    const kinds = new Set(trace.lanes.flat().map(s => s.kind));
    const names = {F: "F forward", B: "B backward", I: "I input gradient",
        W: "W weight gradient", OVERLAP_F_B: "F and B in one"};
    $("legend").innerHTML = [...Object.keys(names)].filter(k => kinds.has(k)).map(k =>
        `<span><svg width="26" height="17" aria-hidden="true"><rect width="26" height="17" rx="4" fill="${FILLS[k][0]}"/>${PATTERNS[k] ? `<rect width="26" height="17" rx="4" fill="url(#p${k})"/>` : ""}</svg>${names[k]}</span>`).join("") +
        `<span><svg width="26" height="17" aria-hidden="true"><rect width="26" height="17" fill="url(#pidle)"/></svg>idle</span>` +
        `<span><svg width="26" height="17" aria-hidden="true"><path d="M0 17V11H8V5H18V11H26V17z" class="held" fill="var(--held)"/></svg>activations held</span>` +
        (trace.sim.stages > trace.ranks ? "<span>paler: a rank's further stages</span>" : "");
}

/* ---- the table of schedules ---- */

/* Longest that an answer waits to be shown with those after it, and that the
 * rows of the choice before stay: milliseconds. */
const COMPARE_FRAME = 100;

let compared = {key: ""};

/* Says, to a screen reader too, whether rows are still to come. */
const compareBusy = () =>
    $("compare-body").setAttribute("aria-busy", compared.waiting.length > 0);

function compareDraw() {
    const {rows, waiting, error} = compared;
    clearTimeout(compared.timer);
    compared.timer = 0;
    compareBusy();
    if (!rows.length && error)
        return $("compare-body").replaceChildren(el("p", {class: "soft"}, error.text));
    compareShow(rows, waiting, page.view.title, name =>
        set({schedule: name, csv: "", mode: "explore"}));
}

/* No schedule fits; the engine has the words for it. */
function compareNone(words) {
    compared.error = engine.call(words, null).error;
    compareDraw();
}

/* Asks for the schedules that fit, one by one; another choice ends it. Deadlocks
 * come last, equals stay in order. */
async function compareFill(words, key) {
    clearTimeout(compared.timer);
    const mine = compared = {key, rows: [], error: null, timer: 0, waiting: page.schedules
        .filter(s => s.fits && !s.takes_long).map(s => s.name)};
    const last = s => s.period === undefined ? Infinity : s.period;
    if (!mine.waiting.length)
        return compareNone(words);
    compareBusy();
    while (mine.waiting.length) {
        mine.timer ||= setTimeout(compareDraw, COMPARE_FRAME);
        const answer = await engine.beside([...words, "--schedule", mine.waiting[0]]);
        if (compared !== mine)
            return;
        mine.waiting.shift();
        if (answer.error)
            mine.error = answer.error;
        else
            mine.rows.push(...answer[0].schedules);
        mine.rows.sort((a, b) => last(a) === last(b) ? 0 : last(a) - last(b));
    }
    compareDraw();
}

function compareRenew() {
    const words = compareWords(state);
    const key = words.join(" ");
    if (key !== compared.key)
        compareFill(words, key);
    else if (!compared.waiting.length)
        compareDraw();
}

/* ---- what is chosen ---- */

/* Changes the state and shows it. field: in which it was typed; null for a
 * change that undo does not keep. */
function set(changes, field) {
    const before = stateText(state, PLAN_KEYS);
    Object.assign(state, changes);
    if (field !== null && state.mode === "explore" && stateText(state, PLAN_KEYS) !== before)
        pastKeep(before, field);
    controlsShow();
    stateKeep();
    modeShow();
    if (stateText(state, PLAN_KEYS) !== before)
        clockStop();
    show();
}

function controlsShow() {
    for (const input of $("controls").elements)
        if (input.name && input !== document.activeElement)
            input.value = state[input.name];
    for (const name of ["critical", "arrows"])
        $(name).setAttribute("aria-pressed", String(Boolean(state[name])));
    machineShow();
    schedulesShow();
}

/* The schedules, those that do not fit the shape with what they need. */
function schedulesShow() {
    const shape = shapeOptions(state);
    const key = shape.join(" ");
    const select = $("c-schedule");
    if (key !== page.schedulesKey) {
        page.schedulesKey = key;
        const list = engine.call(["schedules", ...shape], null);
        if (!list.error)
            page.schedules = list;
    }
    const name = state.csv ? "" : state.schedule;
    const options = page.schedules.map(s => el("option", {value: s.name,
        title: s.fits ? s.summary : s.text}, s.fits ? s.name : s.name + " (other shape)"));
    if (state.csv)
        options.unshift(el("option", {value: ""}, "your own plan"));
    select.replaceChildren(...options);
    select.value = name;
}

/* A schedule that does not fit brings its shape: two stages a rank, or one. */
function chooseSchedule(name) {
    const one = page.schedules.find(s => s.name === name);
    const changes = {schedule: name, csv: ""};
    if (one && !one.fits)
        for (const stages of [state.ranks, 2 * state.ranks]) {
            const fit = engine.call(["schedules",
                ...shapeOptions(Object.assign({}, state, {stages}))], null);
            if (!fit.error && fit.some(s => s.name === name && s.fits)) {
                changes.stages = stages;
                break;
            }
        }
    set(changes);
}

function controlChanged(event) {
    const input = event.target;
    const name = input.name;
    if (!name)
        return;
    const wrong = !input.validity.valid ||
        (NUMBERS.includes(name) && input.value === "");
    input.classList.toggle("wrong", wrong);
    if (wrong)
        return;
    if (name === "schedule")
        return input.value ? chooseSchedule(input.value) : undefined;
    const value = NUMBERS.includes(name) ? Number(input.value) : input.value.trim();
    const changes = {[name]: value};
    /* As many stages a rank as before. */
    if (name === "ranks")
        changes.stages = value * Math.max(1, Math.round(state.stages / state.ranks));
    if (["ranks", "stages", "microbatches"].includes(name))
        changes.csv = "";
    if (["I", "W"].includes(name) && state.B === state.I + state.W)
        changes.B = value + (name === "I" ? state.W : state.I);
    set(changes, name);
}

function modeShow() {
    document.body.dataset.mode = state.mode;
    for (const name of ["levels", "run"])
        document.querySelector(".body").classList.toggle(name, state.mode === name);
    for (const name of MODES) {
        const tab = $("mode-" + name);
        if (name === state.mode)
            tab.setAttribute("aria-current", "page");
        else
            tab.removeAttribute("aria-current");
    }
    $("controls").hidden = state.mode === "levels" || state.mode === "run";
    $("levels").hidden = state.mode !== "levels";
    $("compare").hidden = state.mode === "levels" || state.mode === "run";
    $("edit").hidden = state.mode !== "edit" && state.mode !== "levels";
    $("run-report").hidden = state.mode !== "run" || !run;
    $("side").hidden = state.mode === "run";
}

function modeChoose(mode) {
    const changes = {mode};
    if (mode === "edit" && !state.csv)
        changes.csv = csvShort(planToCsv(planFromCsv(csvText())));
    if (mode !== "levels" && state.level)
        Object.assign(changes, {level: ""}, mode === "explore"
            ? {csv: "", maxActivations: "", capacity: "auto"} : {});
    if (mode === "levels" && !state.level)
        return levelBegin(LEVELS[0].id);
    set(changes);
}
