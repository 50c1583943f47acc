/* page_engine.js - asks pipelab's own C code, which is in the page as
 * WebAssembly: option words and a CSV text in, an object out; and what all parts
 * share. */

const engine = {
    /* words: as on the command line, the command first. Returns the parsed
     * JSON; on a refusal an object with "error". */
    call: null,
    /* The same as a promise, for what takes long: a second engine answers, in a
     * thread of its own, one call after the other. */
    beside: null,
};

async function engineLoad() {
    const packed = Uint8Array.from(atob($("engine-data").textContent), c => c.charCodeAt(0));
    const c = await pipelabEngine(packed);
    engine.call = c.call;
    engine.beside = engineBeside(packed);
}

/* The thread begins with the first call. Its script is text of this page: a
 * page from file:// may load no other. */
function engineBeside(packed) {
    const asked = [];
    let worker = null;
    const start = () => {
        const script = pipelabEngine + `
            let engine;
            onmessage = async ({data: {packed, words}}) => {
                engine ||= pipelabEngine(packed);
                postMessage((await engine).call(words));
            };`;
        worker = new Worker(URL.createObjectURL(new Blob([script])));
        worker.onmessage = event => asked.shift()(event.data);
    };
    return words => new Promise(resolve => {
        const first = !worker;
        if (first)
            start();
        asked.push(resolve);
        worker.postMessage({words, packed: first ? packed : null});
    });
}

const el = (tag, attributes, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {}))
        if (name.startsWith("on"))
            node.addEventListener(name.slice(2), value);
        else if (value === true)
            node.setAttribute(name, "");
        else if (value !== false && value !== null && value !== undefined)
            node.setAttribute(name, value);
    node.append(...children.filter(c => c !== null && c !== undefined));
    return node;
};
const $ = id => document.getElementById(id);
const plural = (n, word, words) => n + " " + (n === 1 ? word : words || word + "s");
const escaped = text => String(text).replace(/[&<>"]/g, c =>
    ({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}[c]));
/* Times and shares with as many places as say something. */
const number = x => x === undefined || x === null ? "" :
    String(Math.abs(x) < 1 ? Number(x.toPrecision(3)) : Math.round(x * 1000) / 1000);
const percent = x => (100 * x).toFixed(1) + " %";
