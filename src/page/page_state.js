/* page_state.js - what is chosen, kept in the address of the page so that a
 * link shows the same. */

const DEFAULTS = {
    mode: "explore", schedule: "1f1b", ranks: 4, stages: 4, microbatches: 8,
    steps: 1, F: 1, B: 2, I: 1, W: 1, stageCost: "", latency: 0,
    capacity: "auto", maxActivations: "", bandwidth: "", maxMemory: "",
    activationBytes: "", outputBytes: "", parameterBytes: "", model: "",
    cluster: "", critical: 0, arrows: 0, t: 0,
    zoom: 1, csv: "", level: "", a: "",
};
const MODES = ["explore", "edit", "levels", "run"];
const NUMBERS = ["ranks", "stages", "microbatches", "steps", "F", "B", "I",
    "W", "latency", "critical", "arrows", "t", "zoom"];
/* What makes a plan and its times; the rest is how it is looked at. */
const PLAN_KEYS = ["schedule", "ranks", "stages", "microbatches", "steps",
    "F", "B", "I", "W", "stageCost", "latency", "capacity",
    "maxActivations", "bandwidth", "maxMemory", "activationBytes",
    "outputBytes", "parameterBytes", "model", "cluster", "csv"];

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

/* Bytes of a stage, as --bytes has them. */
const bytesText = of => [["activation", of.activationBytes],
    ["output", of.outputBytes], ["parameters", of.parameterBytes]]
    .filter(([, bytes]) => bytes).map(pair => pair.join("=")).join();

/* A model has the times and bytes of the stages, a cluster has the links. */
function timeWords(of) {
    const bytes = bytesText(of);
    const costs = ["F", "B", "I", "W"].map(k => k + "=" + of[k]).join();
    return [...(of.model ? ["--model", of.model] : ["--cost", costs,
        ...(of.stageCost ? ["--stage-cost", of.stageCost] : []),
        ...(bytes ? ["--bytes", bytes] : [])]),
    ...(of.cluster ? ["--cluster", of.cluster] : [
        ...(of.latency ? ["--latency", String(of.latency)] : []),
        ...(of.bandwidth ? ["--bandwidth", of.bandwidth] : [])]),
    ...(of.capacity !== "auto" ? ["--capacity", String(of.capacity)] : [])];
}

/* Limits of a rank. */
const limitWords = of => [
    ...(of.maxActivations ? ["--max-activations", String(of.maxActivations)] : []),
    ...(of.maxMemory ? ["--max-memory", of.maxMemory] : [])];

/* Of steps in a row, for simulate and why. */
const stepWords = of => [...planWords(of), ...timeWords(of),
    ...(of.steps > 1 ? ["--steps", String(of.steps)] : []),
    ...limitWords(of.csv ? Object.assign({}, of, {maxActivations: ""}) : of)];
const simulateWords = of => ["simulate", ...stepWords(of), "--rows"];

const compareWords = of =>
    ["compare", ...shapeOptions(of), ...timeWords(of), ...limitWords(of)];
