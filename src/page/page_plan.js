/* page_plan.js - plans as lists of cells, rank by rank: read from CSV, written
 * to it, recognised, and what could come next. */

/* "2F3" is the forward of microbatch 3 through stage 2. */
const CELL = /^(\d+)(F|B|I|W)(\d+)$/;

function cellParse(text) {
    const parts = CELL.exec(text);
    return parts && {stage: Number(parts[1]), kind: parts[2],
        mb: Number(parts[3]), cell: text};
}

/* Rows of cells; empty cells, which are idle, are left out. */
function planFromCsv(csv) {
    return csv.replace(/\r/g, "").replace(/\n$/, "").split("\n")
        .map(row => row.split(",").map(c => c.trim().replace(/^"|"$/g, ""))
            .filter(c => c !== ""));
}

const planToCsv = rows => rows.map(row => row.join()).join("\n") + "\n";

/* The address has rows parted by ";" instead of line ends. No cell at all on
 * one rank is ",", as an empty text stands for no table. */
const csvShort = csv => csv.replace(/\n$/, "").replace(/\n/g, ";") || ",";
const csvLong = text => text.replace(/;/g, "\n") + "\n";

const KIND_WORDS = {
    F: "forward", B: "backward", I: "input gradient", W: "weight gradient",
    STEP: "optimizer step", OVERLAP_F_B: "forward and backward in one",
};

/* A cell in words. stages: named only where a rank has several. */
function cellWords(kind, stage, mb, stages) {
    if (kind === "STEP")
        return "optimizer step of stage " + stage;
    return (KIND_WORDS[kind] || kind) + " of microbatch " + mb +
        (stages ? " through stage " + stage : "");
}

/* What each rank's list could go on with: cells of its stages whose inputs are
 * in the plan, the least microbatch of each kind and stage. split: backwards
 * in halves. */
function planReady(rows, shape, rankOfStage, split) {
    const there = new Set(rows.flat());
    const has = (s, k, m) => there.has(s + k + m);
    const back = (s, m) => has(s, "B", m) || has(s, "I", m);
    const last = shape.stages - 1;
    const ready = rows.map(() => []);

    for (let s = 0; s <= last; s++) {
        const rank = rankOfStage[s];
        const first = (kind, may) => {
            for (let m = 0; m < shape.microbatches; m++)
                if (!has(s, kind, m) && may(m))
                    return ready[rank].push(s + kind + m);
        };
        first("F", m => s === 0 || has(s - 1, "F", m));
        first(split ? "I" : "B", m => has(s, "F", m) && !back(s, m) &&
            (s === last || back(s + 1, m)));
        if (split)
            first("W", m => has(s, "I", m));
    }
    return ready;
}

/* How many cells a whole plan of a shape has, and how many of them are not
 * there yet. A stage's backward of a microbatch is one B, or an I and a W. */
function planCount(rows, shape, split) {
    const there = new Set(rows.flat());
    const count = {all: 0, missing: 0};
    const need = cell => {
        count.all++;
        count.missing += there.has(cell) ? 0 : 1;
    };
    for (let s = 0; s < shape.stages; s++)
        for (let m = 0; m < shape.microbatches; m++) {
            const halves = there.has(s + "I" + m) || there.has(s + "W" + m) ||
                (split && !there.has(s + "B" + m));
            for (const kind of halves ? ["F", "I", "W"] : ["F", "B"])
                need(s + kind + m);
        }
    return count;
}

const planIsSplit = rows => rows.some(row => row.some(c => /^\d+[IW]/.test(c)));

/* The schedule whose cells these are, or "". */
const recognised = new Map();
function planRecognise(rows, of) {
    const shape = shapeOptions(of);
    const key = shape.join(" ");
    if (!recognised.has(key)) {
        const known = new Map();
        const fit = engine.call(["schedules", ...shape], null);
        for (const one of fit.error ? [] : fit) {
            if (!one.fits || one.searched)
                continue;
            const made = engine.call(["make", "--schedule", one.name, ...shape]);
            const text = made.error ? "" : planToCsv(made.plan);
            if (text && !known.has(text))
                known.set(text, one.name);
        }
        recognised.set(key, known);
    }
    return recognised.get(key).get(planToCsv(rows)) || "";
}
