/* page_pair.js - plan A, kept, above plan B, on one axis. */

/* Plan A: what it was, its figures and its trace; null when there is none. */
function otherMake() {
    if (!state.a)
        return null;
    const of = stateParse(state.a);
    return Object.assign({of}, simulate(of));
}

/* Draws plan A on the axis that it shares with plan B. */
function otherShow(other, axis) {
    const box = $("other");
    box.hidden = !other;
    $("pin").setAttribute("aria-pressed", String(Boolean(other)));
    if (!other)
        return;
    const {of, sim, trace} = other;
    const name = "A: " + planTitle(of, sim);
    drawInto(box, trace, layout(trace, roomOf(box), axis, state.zoom, false), "a",
        {name: name + ", timeline", arrows: 0, cap: 0,
         critical: state.critical ? traceCritical(trace) : null});
    box.prepend(el("div", {class: "lanes-name"}, name, el("span", {class: "soft"},
        "  " + shapeWords(of) + (sim.error ? "" : ", makespan " +
            number(sim.makespan)))));
}

/* Keeps what is shown as A, or lets it go. */
function pairToggle() {
    set({a: state.a ? "" : stateText(state, PLAN_KEYS) || "schedule=1f1b"});
    speak(state.a ? "Kept as plan A. Now choose plan B." : "Plan A is gone.");
}
