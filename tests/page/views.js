/* views.js - laws of looks: on every view, at any width and at 200 % zoom, nothing
 * is wider than the page, no text is cut, no two buttons or fields overlap. */
"use strict";
const {claim, same, open} = require("./browser.js");

const VIEWS = ["", "#schedule=zbv&stages=8&critical=1&arrows=1&t=9", "#capacity=0",
    "#a=schedule%3Dgpipe&schedule=zb1p", "#ranks=16&stages=16&microbatches=100",
    "#outputBytes=1MiB&bandwidth=1MiB&maxMemory=1GiB&latency=2", "#bandwidth=fast",
    "#model=%7B%22layers%22%3A%5B%7B%22repeat%22%3A4%2C%22forward%22%3A1%2C%22input%22%3A1%2C%22weight%22%3A1%7D%5D%7D&cluster=%7B%7D",
    "#mode=edit", "#mode=edit&csv=0F0%2C0B0%3B1B0%2C1F0&ranks=2&stages=2&microbatches=1",
    "#mode=levels&level=repair", "#mode=levels&level=v"];
/* 1280 pixels at 200 % are 640. */
const WIDTHS = [1280, 640, 390];

/* What breaks a law, in words. */
function faults() {
    const found = [];
    const name = n => `${n.tagName}${n.id ? "#" + n.id : ""} "${n.textContent.slice(0, 30)}"`;
    const seen = n => n.checkVisibility() && !n.closest(".unseen, .skip") &&
        !n.querySelector(".unseen");
    const wide = document.scrollingElement.scrollWidth;
    if (wide > innerWidth)
        found.push(`the page is ${wide} wide`);
    for (const n of document.querySelectorAll("button, label, legend, h1, h2, h3, p, li, .figure, .problem"))
        if (seen(n) && n.scrollWidth > n.clientWidth + 1 && n.clientWidth > 0)
            found.push("cut: " + name(n));
    const ink = document.createElement("canvas").getContext("2d");
    for (const n of document.querySelectorAll("select")) {
        const text = n.selectedOptions[0].textContent;
        ink.font = getComputedStyle(n).font;
        if (seen(n) && ink.measureText(text).width > n.clientWidth - 30)
            found.push("cut: " + text);
    }
    for (const n of document.querySelectorAll("input[placeholder]")) {
        ink.font = getComputedStyle(n).font;
        if (seen(n) && ink.measureText(n.placeholder).width > n.clientWidth - 16)
            found.push("cut: " + n.placeholder);
    }
    const all = [...document.querySelectorAll("button, input, select")].filter(seen)
        .map(n => [n, n.getBoundingClientRect()]).filter(([, b]) => b.width > 0);
    all.forEach(([n, b], i) => {
        for (const [other, o] of all.slice(i + 1))
            if (n.parentElement !== other && b.left < o.right - 1 && o.left < b.right - 1 &&
                b.top < o.bottom - 1 && o.top < b.bottom - 1)
                found.push(name(n) + " lies on " + name(other));
    });
    return found;
}

async function looks() {
    for (const width of WIDTHS)
        await claim(`nothing is cut and nothing overlaps at ${width} pixels`, async () => {
            for (const hash of VIEWS) {
                const page = await open(hash, {width, height: 900});
                await page.evaluate(() =>
                    document.querySelectorAll("details").forEach(d => { d.open = true; }));
                same(await page.evaluate(faults), [], hash || "first view");
                await page.close();
            }
        });
}

module.exports = [looks];
