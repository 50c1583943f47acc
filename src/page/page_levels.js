/* page_levels.js - the course's exercises as puzzles: a table to fill or mend,
 * hints, par and a score. */

/* par: the least makespan within the rules, of all orders of these cells.
 * split: backwards in halves, I and W. cap: activations that a rank may hold. */
const LEVELS = [
    {id: "naive", name: "One at a time", ranks: 3, stages: 3, microbatches: 2,
     schedule: "naive", cap: 1, par: 18,
     teaches: "A microbatch goes up through all stages and comes back down before the next one starts. A rank works one third of the time: the bubble is 1 − 1/P.",
     goal: "Fill the table. No rank may hold more than one activation.",
     hints: ["A rank holds an activation from the start of F until the end of B.",
         "With room for one, F1 can only come after B0.", "Every rank does F0 B0 F1 B1."]},
    {id: "gpipe", name: "All forwards first", ranks: 3, stages: 3, microbatches: 4,
     schedule: "gpipe", capacity: "0", par: 18,
     teaches: "GPipe (Huang et al. 2019) sends all microbatches up, then all come back. Ranks work at the same time: the bubble is (P−1)/(M+P−1). It needs memory for all M microbatches.",
     goal: "Fill the table so that it takes 18 ticks. The links have no slots: a sender waits until the receiver comes.",
     hints: ["A rank that sends a forward must not wait for one that sends it a gradient.",
         "Do all forwards of a rank before its first backward.", "Every rank does F0 F1 F2 F3 B0 B1 B2 B3."]},
    {id: "1f1b", name: "One forward, one backward", ranks: 3, stages: 3, microbatches: 4,
     schedule: "1f1b", cap: 3, par: 18,
     teaches: "1F1B (PipeDream-Flush, Narayanan et al. 2021) begins a backward as soon as it can. The bubble is GPipe's, to the tick; the memory is min(P−r, M) microbatches on rank r.",
     goal: "As fast as GPipe, 18 ticks, with at most 3 activations on a rank.",
     hints: ["The last rank can do B0 right after F0. It never needs more than one activation.",
         "Warm-up: rank r does P−1−r forwards. Then it does one forward and one backward in turn, and at the end the backwards that are left.",
         "Rank 0: F0 F1 F2 B0 F3 B1 B2 B3. Rank 2: F0 B0 F1 B1 and so on."]},
    {id: "repair", name: "Mend a table", ranks: 4, stages: 4, microbatches: 5,
     schedule: "1f1b", cap: 4, capacity: "1", par: 24,
     start: "0F0,0F1,0F2,0F3,0B0,0F4,0B1,0B3,0B4;1F0,1F1,1F2,1F3,1B0,1F4,1B1,1B2,1B3,1B4;2B0,2F0,2F1,2F2,2B1,2F3,2F4,2B2,2B3,2B4;3F0,3F1,3B1,3B0,3F2,3F3,3F3,3B2,3B3,3F4,3B4",
     teaches: "The check names the first cell that is wrong and the rule. A circle of waiting is found by going from rank to rank: whom does each wait for?",
     goal: "This was to be like 1F1B. Mend it: 24 ticks, links of one slot, at most 4 activations.",
     hints: ["Look at each row by itself: is a cell missing, or there twice?",
         "Rank 0 lacks B2. Rank 3 has F3 twice.",
         "Rank 2: B0 goes after F1, and F4 after B2. Rank 3: one forward, one backward, in order."]},
    {id: "cap", name: "Under a cap", ranks: 3, stages: 3, microbatches: 4,
     schedule: "1f1b", cap: 2, par: 21,
     teaches: "With less memory than 1F1B wants, rank 0 must wait for a backward before it goes on. The bubble grows: memory buys time.",
     goal: "At most 2 activations on each rank. How short can it be?",
     hints: ["Rank 0 can do two forwards, and then needs B0 before F2.",
         "Rank 1 has its backwards of 0 and 1 before F2 can come. Rank 2 does a forward and a backward in turn.",
         "Rank 0: F0 F1 B0 F2 B1 F3 B2 B3."]},
    {id: "zero", name: "Zero bubble", ranks: 3, stages: 3, microbatches: 4,
     schedule: "zb1p", cap: 3, split: true, par: 14,
     teaches: "Only the gradient of the input (I) is awaited by the rank before. The gradient of the weights (W) can wait, and fills gaps (Qi et al. 2024).",
     goal: "F, I and W take one tick each. At most 3 activations; one lives until its W. Find 14 ticks.",
     hints: ["Do I as soon as the gradient is there, and W when there is nothing better.",
         "In 1F1B's order put each B as I and W; then move the Ws to where a rank waits.",
         "Rank 2 can do F0 I0 F1 I1 W0 F2 I2 W1 F3 I3 W2 W3."]},
    {id: "v", name: "A V", ranks: 2, stages: 4, microbatches: 3,
     schedule: "zbv", cap: 4, split: true, par: 19,
     teaches: "Rank 0 has the first stage and the last, rank 1 the two between: the stages form a V. A microbatch turns around on the rank where it began, so backwards begin soon and all ranks hold equally much (ZB-V, Qi et al. 2024).",
     goal: "At most 4 activations on a rank. Find 19 ticks: 18 of work and one to fill the pipe.",
     hints: ["Cells have their stage in front here: 3F0 is the last forward of microbatch 0, on rank 0.",
         "Rank 1 waits one tick for 0F0; after that it need not wait any more.",
         "When a backward can run, run its I; put a W where you would wait."]},
];

const scores = {};

const levelNow = () => state.mode === "levels"
    ? LEVELS.find(l => l.id === state.level) || null : null;

function scoresRead() {
    try {
        Object.assign(scores, JSON.parse(localStorage.getItem("pipelab-scores") || "{}"));
    } catch (refused) {
        /* Scores then last as long as the page. */
    }
}

function scoreKeep(id, score) {
    scores[id] = Math.max(scores[id] || 0, score);
    try {
        localStorage.setItem("pipelab-scores", JSON.stringify(scores));
    } catch (refused) {
        /* As above. */
    }
}

/* The state in which a level begins: a table of empty rows, or one to mend. */
function levelState(level) {
    const empty = Array.from({length: level.ranks}, () => []);
    return Object.assign({}, DEFAULTS, {mode: "levels", level: level.id,
        ranks: level.ranks, stages: level.stages, microbatches: level.microbatches,
        schedule: level.schedule, capacity: level.capacity || "auto",
        maxActivations: level.cap ? String(level.cap) : "",
        csv: level.start || csvShort(planToCsv(empty))});
}

function levelBegin(id) {
    edit.undo = [];
    edit.redo = [];
    edit.chosen = null;
    page.hints = 0;
    set(levelState(LEVELS.find(l => l.id === id)));
}

/* What is reached: {valid, held, fits, makespan, score}. */
function levelResult(level) {
    const {sim} = page.view;
    if (sim.error)
        return {valid: false, score: 0};
    const held = most(sim.peak_activations);
    const fits = !level.cap || held <= level.cap;
    return {valid: true, held, fits, makespan: sim.makespan,
        score: fits ? Math.min(100, Math.round(100 * level.par / sim.makespan)) : 0};
}

const stars = score => score >= 100 ? "★★★" : score >= 85 ? "★★☆" : score > 0 ? "★☆☆" : "";

function levelsShow() {
    const box = $("levels");
    if (box.hidden)
        return;
    const level = levelNow();
    const result = level && levelResult(level);
    if (result && result.score > 0)
        scoreKeep(level.id, result.score);
    const list = el("ul", {class: "levels-list"}, ...LEVELS.map((l, i) => el("li", {},
        el("button", {type: "button", "data-level": l.id, "aria-current": l === level ? "step" : null,
            "aria-pressed": String(l === level), onclick: () => levelBegin(l.id)},
            el("b", {}, String(i + 1)), el("span", {class: "name"}, l.name), el("span", {class: "score"},
                scores[l.id] ? el("span", {class: "stars", "aria-label": `score ${scores[l.id]} of 100`, role: "img"}, stars(scores[l.id])) : "")))));
    box.replaceChildren(el("h2", {}, "Levels"), list);
    if (level)
        box.append(...levelParts(level, result));
    else
        box.append(el("p", {}, "Seven tables to fill or to mend, in the order of the labs. Choose one."));
}

function levelParts(level, result) {
    const mark = ok => ok ? "✓ " : "○ ";
    const line = (ok, text) => el("p", {class: ok ? "better" : "soft"}, mark(ok) + text);
    const hint = Math.min(page.hints || 0, level.hints.length);
    const parts = [el("h3", {id: "level-name"}, level.name), el("p", {}, level.teaches),
        el("p", {}, el("b", {}, level.goal)),
        line(result.valid, "a plan that runs"),
        level.cap ? line(result.valid && result.fits, result.valid
            ? `holds ${result.held} of ${level.cap} allowed` : `holds at most ${level.cap}`) : null,
        line(result.score >= 100, `par: ${level.par} ticks` + (result.valid ? `, yours ${number(result.makespan)}` : "")),
        el("p", {id: "level-score", role: "status", class: result.score ? "said" : "unseen"},
            result.score ? `${stars(result.score)} score ${result.score} of 100` : "score 0 of 100"),
        ...level.hints.slice(0, hint).map(h => el("p", {class: "hint"}, h))];
    const bench = el("div", {class: "bench"});
    if (hint < level.hints.length)
        bench.append(el("button", {type: "button", id: "level-hint", onclick: () => {
            page.hints = hint + 1;
            levelsShow();
            speak("Hint: " + level.hints[hint]);
        }}, `Hint ${hint + 1} of ${level.hints.length}`));
    bench.append(el("button", {type: "button", onclick: () => levelBegin(level.id)}, "Start over"));
    const next = LEVELS[LEVELS.indexOf(level) + 1];
    if (result.score && next)
        bench.append(el("button", {type: "button", id: "level-next",
            onclick: () => levelBegin(next.id)}, "Next: " + next.name));
    return [...parts.filter(Boolean), bench];
}
