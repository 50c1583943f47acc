/* page_start.js - the page begins here: the engine is loaded, the address read,
 * buttons and keys get what they do. */

function wire() {
    $("controls").addEventListener("input", controlChanged);
    $("controls").addEventListener("change", event => {
        controlChanged(event);
        if (event.target.classList.contains("wrong")) {
            event.target.value = state[event.target.name];
            event.target.classList.remove("wrong");
        }
    });
    $("controls").addEventListener("submit", event => event.preventDefault());
    $("reset").addEventListener("click", () =>
        set(Object.assign({}, DEFAULTS, {mode: state.mode})));
    for (const name of ["critical", "arrows"])
        $(name).addEventListener("click", () => set({[name]: state[name] ? 0 : 1}));
    $("zoom-in").addEventListener("click", () => set({zoom: Math.min(16, state.zoom * 1.5)}));
    $("zoom-out").addEventListener("click", () => set({zoom: Math.max(1, state.zoom / 1.5)}));
    for (const name of MODES)
        $("mode-" + name).addEventListener("click", () => modeChoose(name));
    $("play").addEventListener("click", clockPlay);
    $("back").addEventListener("click", () => { clockStop(); clockStep(-1); });
    $("ahead").addEventListener("click", () => { clockStop(); clockStep(1); });
    $("time").addEventListener("input", () => {
        clockStop();
        clockSet(clock.moments[$("time").value]);
    });
    $("pin").addEventListener("click", pairToggle);
    $("share").addEventListener("click", copyLink);
    $("save-svg").addEventListener("click", () =>
        download(fileName("svg"), "image/svg+xml", svgText()));
    $("save-csv").addEventListener("click", () =>
        download(fileName("csv"), "text/csv", csvText()));
    $("print").addEventListener("click", () => window.print());
    $("theme").addEventListener("click", () => themeSet(
        document.documentElement.dataset.theme === "dark" ? "light" : "dark"));
    const box = $("timeline");
    box.addEventListener("pointermove", pointerMoved);
    box.addEventListener("pointerleave", pointerLeft);
    box.addEventListener("click", pointerPressed);
    box.addEventListener("keydown", timelineKey);
    box.addEventListener("focusin", timelineFocus);
    window.addEventListener("hashchange", () => {
        stateFromAddress();
        set({});
    });
    $("more").open = innerWidth > 860;
    let width = innerWidth;
    window.addEventListener("resize", () => {
        if (innerWidth !== width) {
            width = innerWidth;
            show();
        }
    });
}

/* A short link may name a mode or a level alone. */
function stateFromAddress() {
    Object.assign(state, stateParse(location.hash.slice(1)));
    const level = LEVELS.find(l => l.id === state.level);
    if (state.mode === "levels" && level && !state.csv)
        Object.assign(state, levelState(level));
    else if (state.mode === "edit" && !state.csv)
        state.csv = csvShort(planToCsv(planFromCsv(csvText())));
}

async function start() {
    themeFirst();
    try {
        await engineLoad();
    } catch (wrong) {
        $("problem").hidden = false;
        $("problem").textContent = "This browser cannot run the page's engine: " +
            wrong.message + ". A browser from 2023 or later can.";
        return;
    }
    stateFromAddress();
    wire();
    editWire();
    machineWire();
    scoresRead();
    runStart();
    set({});
    document.documentElement.dataset.ready = "1";
}

start();
