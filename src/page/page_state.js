/* page_state.js - what is chosen, kept in the address of the page so that a
 * link shows the same. */

const DEFAULTS = {
    mode: "explore", schedule: "1f1b", ranks: 4, stages: 4, microbatches: 8,
    steps: 1, F: 1, B: 2, I: 1, W: 1, stageCost: "", latency: 0,
    capacity: "auto", maxActivations: "", critical: 0, arrows: 0, t: 0,
    zoom: 1, csv: "", level: "", a: "",
};
const NUMBERS = ["ranks", "stages", "microbatches", "steps", "F", "B", "I",
    "W", "latency", "critical", "arrows", "t", "zoom"];
/* What makes a plan and its times; the rest is how it is looked at. */
const PLAN_KEYS = ["schedule", "ranks", "stages", "microbatches", "steps",
    "F", "B", "I", "W", "stageCost", "latency", "capacity",
    "maxActivations", "csv"];

const state = Object.assign({}, DEFAULTS);

function stateParse(text) {
    const read = Object.assign({}, DEFAULTS);
    for (const [key, value] of new URLSearchParams(text)) {
        if (!Object.hasOwn(DEFAULTS, key))
            continue;
        if (!NUMBERS.includes(key))
            read[key] = value;
        else if (value !== "" && isFinite(value))
            read[key] = Number(value);
    }
    return read;
}

function stateText(from, keys) {
    const text = new URLSearchParams();
    for (const key of keys || Object.keys(DEFAULTS))
        if (String(from[key]) !== String(DEFAULTS[key]))
            text.set(key, from[key]);
    return text.toString();
}

/* The address changes without a new entry in the history: "back" leaves the
 * page, and undo is the editor's. */
let stateWaits = 0;
function stateKeep() {
    clearTimeout(stateWaits);
    stateWaits = setTimeout(() =>
        history.replaceState(null, "", "#" + stateText(state)), 120);
}

/* The words that the command line would have for a plan. */
function planWords(of) {
    return of.csv ? [] : ["--schedule", of.schedule, ...shapeOptions(of)];
}

const shapeOptions = of => ["--ranks", String(of.ranks), "--stages",
    String(of.stages), "--microbatches", String(of.microbatches)];

function timeWords(of) {
    const words = ["--cost", ["F", "B", "I", "W"].map(k => k + "=" + of[k]).join()];
    if (of.stageCost)
        words.push("--stage-cost", of.stageCost);
    if (of.latency)
        words.push("--latency", String(of.latency));
    if (of.capacity !== "auto")
        words.push("--capacity", String(of.capacity));
    return words;
}

function simulateWords(of) {
    const words = ["simulate", ...planWords(of), ...timeWords(of), "--rows"];
    if (of.steps > 1)
        words.push("--steps", String(of.steps));
    if (of.maxActivations && !of.csv)
        words.push("--max-activations", String(of.maxActivations));
    return words;
}

function compareWords(of) {
    const words = ["compare", ...shapeOptions(of), ...timeWords(of)];
    if (of.maxActivations)
        words.push("--max-activations", String(of.maxActivations));
    return words;
}
