/* page_edit.js - the table that one can edit: cells are dragged, swapped, put
 * in and taken out, by mouse, finger or keys; the check marks what is wrong. */

const edit = {undo: [], redo: [], chosen: null, focus: null, split: false};

const editRows = () => {
    const rows = planFromCsv(csvLong(state.csv));
    while (rows.length < state.ranks)
        rows.push([]);
    return rows.slice(0, state.ranks);
};

/* Takes a new table; the old one can come back. focus: "rank.position". */
function editTo(rows, focus, said) {
    edit.undo.push(state.csv);
    edit.redo = [];
    edit.chosen = null;
    edit.focus = focus || null;
    set({csv: csvShort(planToCsv(rows))});
    if (said)
        speak(said + " " + editVerdict().text);
}

function editBack(from, to, said) {
    if (!from.length)
        return speak("There is nothing to " + said + ".");
    to.push(state.csv);
    set({csv: from.pop()});
    speak(said === "undo" ? "Taken back." : "Done again.");
}

/* Which rank a stage belongs to: where its cells are, else where the schedule
 * of this shape has it. */
function editPlacement(rows) {
    const made = engine.call(["make", "--schedule", state.schedule,
        ...shapeOptions(state)], null);
    const rankOf = made.error
        ? Array.from({length: state.stages}, (_, s) => s % state.ranks)
        : made.rank_of_stage.slice();
    rows.forEach((row, r) => row.forEach(text => {
        const cell = cellParse(text);
        if (cell && cell.stage < state.stages)
            rankOf[cell.stage] = r;
    }));
    return rankOf;
}

function editSplit(rows) {
    const level = levelNow();
    return level ? level.split : planIsSplit(rows) || edit.split;
}

/* What is to be said of the table. missing: nothing is wrong with it but that
 * cells are to come. */
function editVerdict() {
    const rows = editRows();
    const error = page.view.sim.error;
    if (!error) {
        const name = planRecognise(rows, state);
        return {good: true, text: name ? `This is ${name}.` : "A valid plan of your own."};
    }
    if (!error.part || error.position !== undefined)
        return {good: false, text: refusal(error)};
    const {all, missing} = planCount(rows, state, editSplit(rows));
    const [stop] = error.stops || [];
    return {good: false, missing: true, text: `${all - missing} of ${all} cells are there.` +
        (stop ? ` Rank ${stop.rank} stops at ${stop.cell}: ${stop.text}.` : "")};
}

/* ---- par ---- */

const pars = new Map();

/* The shortest that is known for the shape, and what no plan is under. */
function parOf() {
    if (state.stages * state.microbatches > 128)
        return null;
    const words = ["search", ...shapeOptions(state), ...timeWords(state), ...limitWords(state)];
    const key = words.join(" ");
    if (!pars.has(key)) {
        const table = engine.call(compareWords(state), null);
        const found = engine.call(words, null);
        const cap = Number(state.maxActivations) || Infinity;
        const best = table.error ? [] : table[0].schedules.filter(s => !s.deadlock &&
            s.fits !== false && most(s.peak_activations) <= cap)
            .sort((a, b) => a.makespan - b.makespan);
        pars.set(key, best.length ? {par: best[0].makespan, by: best[0].schedule,
            bound: found.error ? undefined : found.lower_bound} : null);
    }
    return pars.get(key);
}

function parWords() {
    const {sim} = page.view;
    const par = parOf();
    if (!par)
        return "";
    return `par ${number(par.par)}, held by ${par.by}` +
        (par.bound === undefined ? "" : `; lower bound ${number(par.bound)}`) +
        (sim.error ? "" : `; yours ${number(sim.makespan)}, score ` +
            Math.min(100, Math.round(100 * par.par / sim.makespan)));
}

/* ---- the table ---- */

function editShow() {
    const box = $("edit");
    if (box.hidden || !state.csv)
        return;
    const rows = editRows();
    const verdict = editVerdict();
    const rankOf = editPlacement(rows);
    const ready = planReady(rows, state, rankOf, editSplit(rows));
    const focused = edit.focus || (document.activeElement &&
        document.activeElement.closest("#edit .chip") ? document.activeElement.dataset.at : null);
    box.replaceChildren(editBench(rows), el("p", {id: "verdict", role: "status",
        class: verdict.good ? "said" : verdict.missing ? "soft" : "problem"}, verdict.text),
        editTable(rows, ready), editCsv());
    if (!levelNow())
        box.querySelector("#verdict").append(el("div", {id: "par", class: "par"}, parWords()));
    edit.focus = null;
    if (focused) {
        const [rank, position] = focused.split(".").map(Number);
        const row = box.querySelectorAll(".cells")[rank];
        const chips = row ? row.querySelectorAll(".chip") : [];
        const chip = chips[Math.min(position, chips.length - 1)];
        if (chip) {
            editRove(chip);
            chip.focus();
        }
    }
}

function editBench(rows) {
    const button = (id, text, title, act, off) => el("button",
        {type: "button", id, title, onclick: act, disabled: off}, text);
    const field = el("input", {type: "text", id: "edit-cell", size: "6",
        placeholder: "as in 2F3", "aria-label": "Cell to insert, as in 2F3",
        onkeydown: e => e.key === "Enter" && editInsert()});
    const some = edit.chosen !== null;
    const bench = el("div", {class: "bench"},
        el("h3", {id: "edit-h"}, "The table"), el("span", {class: "grow"}),
        button("edit-undo", "Undo", "Ctrl+Z", () => editBack(edit.undo, edit.redo, "undo"), !edit.undo.length),
        button("edit-redo", "Redo", "Ctrl+Y", () => editBack(edit.redo, edit.undo, "redo"), !edit.redo.length),
        field, button("edit-insert", "Insert", "Before the chosen cell, or at the end", editInsert),
        button("edit-delete", "Delete", "The chosen cell", editDelete, !some),
        button("edit-empty", "Empty", "Begin from nothing", () =>
            editTo(rows.map(() => []), null, "The table is empty.")));
    if (!levelNow())
        bench.append(el("label", {class: "check"}, el("input", {type: "checkbox",
            id: "edit-split", checked: editSplit(rows), disabled: planIsSplit(rows),
            onchange: e => { edit.split = e.target.checked; editShow(); }}), "I and W apart"));
    return bench;
}

/* Where a rank has one stage, its row says which. */
const shown = text => state.stages > state.ranks ? text : text.replace(/^\d+/, "");

function editTable(rows, ready) {
    const error = page.view.sim.error;
    const stops = error && error.stops || [];
    const lines = rows.map((row, r) => {
        const stop = stops.find(s => s.rank === r);
        const chips = row.map((text, p) => {
            const bad = error && error.rank === r && error.position === p;
            const at = stop && stop.position === p;
            const after = stop && stop.position < p;
            const cell = cellParse(text);
            const why = bad ? error.text : at ? "stops here: " + stop.text
                : after ? "not reached" : "";
            const chip = el("button", {type: "button", tabindex: "-1", "data-at": r + "." + p,
                class: "chip " + (cell ? cell.kind : "") + (bad ? " bad" : "") +
                    (after || at && !bad ? " stopped" : ""),
                "aria-pressed": String(edit.chosen === r + "." + p),
                title: why || null,
                "aria-label": `${shown(text)}${cell ? ", " + cellWords(cell.kind, cell.stage, cell.mb, true) : ""}, rank ${r}, place ${p + 1} of ${row.length}${why ? ": " + why : ""}`,
            }, shown(text));
            return chip;
        });
        const ghosts = ready[r].map((text, g) => el("button", {type: "button", tabindex: "-1",
            "data-at": r + "." + (row.length + g), "data-ghost": text,
            class: "chip ghost " + cellParse(text).kind, title: "ready: add it here",
            "aria-label": `+${shown(text)}: add the ${cellWords(cellParse(text).kind, cellParse(text).stage, cellParse(text).mb, true)}, to rank ${r}`},
            "+" + shown(text)));
        return el("div", {class: "row", role: "group", "aria-label": "rank " + r},
            el("span", {class: "who"}, innerWidth > 860 ? "rank " + r : "r" + r),
            el("div", {class: "cells", "data-rank": r}, ...chips, ...ghosts));
    });
    const table = el("div", {class: "rows", id: "rows"}, ...lines);
    table.addEventListener("click", editClick);
    table.addEventListener("keydown", editKey);
    table.addEventListener("pointerdown", editGrab);
    const first = table.querySelector(`.chip[data-at="${edit.chosen}"]`) || table.querySelector(".chip");
    if (first)
        first.setAttribute("tabindex", "0");
    return table;
}

function editCsv() {
    const text = el("textarea", {id: "edit-csv", spellcheck: "false",
        "aria-label": "The table as CSV, a row a rank"});
    text.value = csvLong(state.csv);
    const file = el("input", {type: "file", id: "edit-file", accept: ".csv,text/csv",
        "aria-label": "A CSV file", onchange: async e => {
            if (e.target.files[0])
                editRead(await e.target.files[0].text());
        }});
    return el("details", {open: edit.csvOpen, ontoggle: e => { edit.csvOpen = e.target.open; }},
        el("summary", {}, "Keys, and CSV in and out"),
        el("p", {class: "soft"}, "Press one cell, then another: they swap. Drag a cell to move it. " +
            "Dashed cells are ready: press one to add it. Keys: arrows go from cell to cell; " +
            "Alt and an arrow moves a cell; Space chooses; Delete takes out; Ctrl+Z takes back."),
        text, el("div", {class: "bench"}, el("button", {type: "button", id: "edit-read",
            onclick: () => editRead(text.value)}, "Read this CSV"), file));
}

/* A table from outside may have another shape. */
function editRead(csv) {
    const rows = planFromCsv(csv.replace(/\n+$/, "\n"));
    const cells = rows.flat().map(cellParse).filter(Boolean);
    const shape = {ranks: rows.length,
        stages: 1 + Math.max(rows.length - 1, ...cells.map(c => c.stage)),
        microbatches: 1 + Math.max(0, ...cells.map(c => c.mb))};
    edit.undo = [];
    edit.redo = [];
    edit.chosen = null;
    set(Object.assign(shape, {csv: csvShort(planToCsv(rows)), level: ""}));
    speak("Read. " + editVerdict().text);
}

/* ---- moves ---- */

const placeOf = chip => chip.dataset.at.split(".").map(Number);

function editInsert() {
    const text = $("edit-cell").value.trim().toUpperCase();
    const cell = cellParse(text);
    if (!cell || cell.stage >= state.stages || cell.mb >= state.microbatches)
        return speak(`${text || "nothing"} is no cell of this shape; write one as in 2F3`);
    const rows = editRows();
    let [rank, position] = edit.chosen ? edit.chosen.split(".").map(Number)
        : [editPlacement(rows)[cell.stage], Infinity];
    position = Math.min(position, rows[rank].length);
    rows[rank].splice(position, 0, text);
    editTo(rows, rank + "." + position, text + " put in.");
}

function editDelete() {
    if (!edit.chosen)
        return;
    const rows = editRows();
    const [rank, position] = edit.chosen.split(".").map(Number);
    const [gone] = rows[rank].splice(position, 1);
    editTo(rows, rank + "." + position, gone + " taken out.");
}

/* Takes the cell from one place and puts it before another of the table. */
function editMove(from, to) {
    const rows = editRows();
    const [cell] = rows[from[0]].splice(from[1], 1);
    let at = to[1];
    if (from[0] === to[0] && from[1] < to[1])
        at--;
    at = Math.max(0, Math.min(at, rows[to[0]].length));
    rows[to[0]].splice(at, 0, cell);
    editTo(rows, to[0] + "." + at, cell + " moved.");
}

function editSwap(a, b) {
    const rows = editRows();
    const one = rows[a[0]][a[1]];
    rows[a[0]][a[1]] = rows[b[0]][b[1]];
    rows[b[0]][b[1]] = one;
    editTo(rows, b.join("."), `${one} and ${rows[a[0]][a[1]]} swapped.`);
}

function editPress(chip) {
    const place = placeOf(chip);
    if (chip.dataset.ghost) {
        const rows = editRows();
        rows[place[0]].push(chip.dataset.ghost);
        return editTo(rows, place[0] + "." + rows[place[0]].length,
            chip.dataset.ghost + " added.");
    }
    if (edit.chosen === chip.dataset.at)
        edit.chosen = null;
    else if (edit.chosen)
        return editSwap(edit.chosen.split(".").map(Number), place);
    else
        edit.chosen = chip.dataset.at;
    edit.focus = chip.dataset.at;
    editShow();
}

function editClick(event) {
    const chip = event.target.closest(".chip");
    if (chip && !edit.dragged)
        editPress(chip);
    edit.dragged = false;
}

function editRove(chip) {
    for (const other of $("rows").querySelectorAll('.chip[tabindex="0"]'))
        other.setAttribute("tabindex", "-1");
    chip.setAttribute("tabindex", "0");
}

function editKey(event) {
    const chip = event.target.closest(".chip");
    if (!chip)
        return;
    const [rank, position] = placeOf(chip);
    const row = editRows()[rank];
    const by = {ArrowLeft: -1, ArrowRight: 1}[event.key];
    if (event.altKey && by && !chip.dataset.ghost) {
        event.preventDefault();
        if (position + by >= 0 && position + by < row.length)
            editSwap([rank, position], [rank, position + by]);
        return;
    }
    if (event.key === "Delete" || event.key === "Backspace") {
        event.preventDefault();
        if (!chip.dataset.ghost) {
            edit.chosen = chip.dataset.at;
            editDelete();
        }
        return;
    }
    const down = {ArrowUp: -1, ArrowDown: 1}[event.key];
    const chips = n => [...($("rows").querySelectorAll(".cells")[n] || {querySelectorAll: () => []})
        .querySelectorAll(".chip")];
    let next = null;
    if (by)
        next = chips(rank)[position + by];
    else if (down)
        next = chips(rank + down)[Math.min(position, chips(rank + down).length - 1)];
    else if (event.key === "Home")
        next = chips(rank)[0];
    else if (event.key === "End")
        next = chips(rank).pop();
    else
        return;
    event.preventDefault();
    if (next) {
        editRove(next);
        next.focus();
    }
}

/* ---- drag ---- */

function editGrab(event) {
    const chip = event.target.closest(".chip");
    if (!chip || chip.dataset.ghost || event.button !== 0)
        return;
    const from = placeOf(chip);
    const begun = [event.clientX, event.clientY];
    let over = null;
    const clear = () => document.querySelectorAll(".chip.drop").forEach(c => c.classList.remove("drop"));
    const move = e => {
        if (Math.hypot(e.clientX - begun[0], e.clientY - begun[1]) < 6 && !edit.dragged)
            return;
        edit.dragged = true;
        chip.classList.add("moving");
        clear();
        const under = document.elementFromPoint(e.clientX, e.clientY);
        over = under && under.closest("#rows .chip, #rows .cells");
        if (over && over.classList.contains("chip"))
            over.classList.add("drop");
    };
    const end = e => {
        document.removeEventListener("pointermove", move);
        document.removeEventListener("pointerup", end);
        document.removeEventListener("pointercancel", end);
        chip.classList.remove("moving");
        clear();
        if (edit.dragged && over && e.type === "pointerup") {
            const to = over.classList.contains("chip") ? placeOf(over)
                : [Number(over.dataset.rank), Infinity];
            if (over !== chip)
                editMove(from, to);
        }
        /* A click that belongs to this press comes first. */
        requestAnimationFrame(() => { edit.dragged = false; });
    };
    edit.dragged = false;
    document.addEventListener("pointermove", move);
    document.addEventListener("pointerup", end);
    document.addEventListener("pointercancel", end);
}

function editWire() {
    document.addEventListener("keydown", event => {
        const typing = event.target.closest("input, textarea, select");
        if (!(event.ctrlKey || event.metaKey) || typing || $("edit").hidden)
            return;
        const key = event.key.toLowerCase();
        if (key === "z" && !event.shiftKey)
            editBack(edit.undo, edit.redo, "undo");
        else if (key === "y" || key === "z")
            editBack(edit.redo, edit.undo, "redo");
        else
            return;
        event.preventDefault();
    });
}
