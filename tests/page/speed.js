/* speed.js - how long the page takes to show a change: make check-page
 * SUITE=speed. It claims nothing, for machines differ. */
"use strict";
const {open} = require("./browser.js");

const SHAPES = [["4 ranks, 8 microbatches", "", 15],
    ["64 ranks, 256 microbatches", "#ranks=64&stages=64&microbatches=256", 7]];

/* Milliseconds of each change: of the page's own work, and until it is shown. */
async function changes(page, count) {
    return page.evaluate(async times => {
        const input = document.getElementById("c-microbatches");
        const first = Number(input.value);
        const list = [];
        for (let i = 0; i < times; i++) {
            const began = performance.now();
            input.value = first - (i + 1) % 2;
            input.dispatchEvent(new Event("input", {bubbles: true}));
            await new Promise(requestAnimationFrame);
            await new Promise(done => setTimeout(done, 0));
            list.push([Number(document.documentElement.dataset.took),
                performance.now() - began]);
            /* The table of what is searched for comes when the choice rests. */
            await new Promise(done => setTimeout(done, 500));
        }
        return list;
    }, count);
}

const median = list => [...list].sort((a, b) => a - b)[list.length >> 1].toFixed(0);

async function speed() {
    for (const [name, hash, count] of SHAPES) {
        const page = await open(hash);
        const list = await changes(page, count);
        console.log(`# ${name}: a change takes ${median(list.map(l => l[0]))} ms, ` +
            `is shown after ${median(list.map(l => l[1]))} ms (medians of ${count})`);
        await page.close();
    }
}

module.exports = [speed];
