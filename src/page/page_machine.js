/* page_machine.js - files of a model and a cluster: chosen or dropped, their
 * texts are words to the engine, which reads them; and undo of all choices. */

const MACHINE = ["model", "cluster"];
/* What the files are called; an address has only their texts. */
const machineNames = {};

/* JSON without its blanks, which an address need not have. */
const jsonShort = text => text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, "$1");

/* kind: "model" or "cluster"; without it, the keys tell. */
function machineRead(text, name, kind) {
    const short = jsonShort(text);
    if (!short.startsWith("{")) {
        problemShow({text: name + ": it is no object; begin with {"});
        return speak(name + " is no object of JSON.");
    }
    const what = kind || (/"(layers|transformer)":/.test(short) ? "model" : "cluster");
    machineNames[what] = name;
    set({[what]: short});
    speak(`${name} is the ${what} now.` +
        (page.view.sim.error ? " " + refusal(page.view.sim.error) : ""));
}

/* What is loaded, and controls for which it stands are off. */
function machineShow() {
    const off = {model: ["F", "B", "I", "W", "stageCost", "activationBytes",
        "outputBytes", "parameterBytes"], cluster: ["latency", "bandwidth"]};
    for (const what of MACHINE) {
        $(what + "-said").hidden = !state[what];
        $(what + "-name").textContent = machineNames[what] || `a ${what} from the link`;
        for (const name of off[what])
            $("c-" + name).disabled = Boolean(state[what]);
    }
    $("undo").disabled = !page.past.length;
}

async function machineDropped(event) {
    event.preventDefault();
    for (const file of event.dataTransfer.files) {
        const text = await file.text();
        if (/\.csv$/i.test(file.name)) {
            editRead(text);
            modeChoose("edit");
        } else {
            machineRead(text, file.name);
        }
    }
}

/* ---- undo ---- */

/* Keeps what was chosen before; letters typed into one field are one change. */
function pastKeep(before, field) {
    if (!field || field !== page.pastField)
        page.past.push(before);
    page.pastField = field || "";
}

function pastBack() {
    if (!page.past.length)
        return speak("There is nothing to undo.");
    const before = stateParse(page.past.pop());
    page.pastField = "";
    set(Object.fromEntries(PLAN_KEYS.map(key => [key, before[key]])), null);
    speak("Taken back.");
}

function machineWire() {
    for (const what of MACHINE) {
        $("f-" + what).addEventListener("change", async event => {
            const [file] = event.target.files;
            if (file)
                machineRead(await file.text(), file.name, what);
            event.target.value = "";
        });
        $(what + "-gone").addEventListener("click", () => {
            set({[what]: ""});
            $("f-" + what).focus();
            speak(`The ${what} is taken out.`);
        });
    }
    document.addEventListener("dragover", event => {
        if (event.dataTransfer.types.includes("Files"))
            event.preventDefault();
    });
    document.addEventListener("drop", machineDropped);
    $("undo").addEventListener("click", pastBack);
    document.addEventListener("keydown", event => {
        if ((event.ctrlKey || event.metaKey) && !event.shiftKey && state.mode === "explore" &&
            event.key.toLowerCase() === "z" && !event.target.closest("input, textarea")) {
            event.preventDefault();
            pastBack();
        }
    });
}
