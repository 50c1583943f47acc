/* access.js - axe-core on every mode of the page, light and dark, wide and
 * narrow. */
"use strict";
const fs = require("fs");
const {claim, same, open} = require("./browser.js");
const axe = fs.readFileSync(require.resolve("axe-core"), "utf8");

const VIEWS = ["", "#schedule=zbv&stages=8&critical=1&arrows=1", "#capacity=0",
    "#outputBytes=1MiB&bandwidth=1MiB&maxMemory=1GiB",
    "#model=%7B%22layers%22%3A%5B%7B%22repeat%22%3A4%2C%22forward%22%3A1%2C%22input%22%3A1%2C%22weight%22%3A1%7D%5D%7D&cluster=%7B%7D",
    "#mode=edit", "#mode=levels", "#mode=levels&level=repair", "#a=schedule%3Dgpipe",
    "#ranks=16&stages=16&microbatches=100"];

async function axes() {
    for (const width of [1280, 390])
        for (const theme of ["light", "dark"])
            await claim(`axe finds nothing, ${theme}, ${width} pixels`, async () => {
                for (const hash of VIEWS) {
                    const page = await open(hash, {width, height: 900});
                    await page.evaluate(name => {
                        document.documentElement.dataset.theme = name;
                        document.getElementById("more").open = true;
                    }, theme);
                    await page.evaluate(axe);
                    const found = await page.evaluate(() => window.axe.run(document,
                        {resultTypes: ["violations"]}).then(r => r.violations.map(v =>
                        v.id + ": " + v.nodes.slice(0, 2).map(n => n.html.slice(0, 120) + " " +
                            n.any.concat(n.all, n.none).map(x => x.message).slice(0, 1)).join(" | "))));
                    same(found, [], hash || "first view");
                    await page.close();
                }
            });
}

module.exports = [axes];
