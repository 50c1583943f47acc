/* explore.js - tests of choosing a plan and of what is shown of it. */
"use strict";
const fs = require("fs");
const {claim, same, holds, ask, open, text, texts, figure, compared, count, fill, focus,
    middle, saved, pageFile} = require("./browser.js");

async function choosing() {
    const page = await open();
    const spans = () => count(page, "#timeline .block");

    await claim("the page is one file of at most 300 KB", () =>
        holds(fs.statSync(pageFile).size <= 300 * 1024, fs.statSync(pageFile).size));
    await claim("it opens with 1f1b's timeline", async () => {
        same(await text(page, "#title"), "1f1b");
        same(await spans(), 64);
    });
    await claim("figures are the program's for each schedule", async () => {
        for (const name of ["gpipe", "naive", "zb1p", "zb-h2", "eager-1f1b", "greedy"]) {
            const said = ask(["simulate", "--schedule", name]);
            await fill(page, "schedule", name);
            same(await text(page, "#title"), name);
            same(await figure(page, "makespan"), String(said.makespan), name);
            same(await figure(page, "bubble"), (100 * said.bubble_fraction).toFixed(1) + " %");
            same(await figure(page, "period"), String(said.period));
        }
    });
    await claim("a schedule of another shape brings its shape", async () => {
        await fill(page, "schedule", "zbv");
        same(await page.$eval("#c-stages", n => n.value), "8");
        same(await spans(), 4 * 2 * 8 * 3);
        await fill(page, "schedule", "1f1b");
        same(await page.$eval("#c-stages", n => n.value), "4");
    });
    const steps = [["microbatches", "4", ["--microbatches", "4"]],
        ["ranks", "3", ["--ranks", "3", "--stages", "3"]],
        ["F", "2", ["--cost", "F=2,B=2,I=1,W=1"]],
        ["B", "5", ["--cost", "F=2,B=5,I=1,W=1"]],
        ["stageCost", "1,2,1", ["--stage-cost", "1,2,1"]],
        ["latency", "3", ["--latency", "3"]],
        ["capacity", "1", ["--capacity", "1"]],
        ["steps", "2", ["--steps", "2"]]];
    const words = new Map();
    for (const [name, value, option] of steps)
        await claim(`${name} is taken, and the figures follow`, async () => {
            for (let i = 0; i < option.length; i += 2)
                words.set(option[i], option[i + 1]);
            const said = ask(["simulate", "--schedule", "1f1b", ...[...words].flat()]);
            await fill(page, name, value);
            same(await figure(page, "makespan"), String(said.makespan));
            same(await figure(page, "peak"), String(Math.max(...said.peak_activations)));
        });
    await claim("what cannot be is marked and leaves the rest as it is", async () => {
        const before = await figure(page, "makespan");
        await page.click("#c-ranks", {count: 3});
        await page.keyboard.type("0");
        same(await page.$eval("#c-ranks", n => n.classList.contains("wrong")), true);
        same(await figure(page, "makespan"), before);
        await page.keyboard.press("Tab");
        same(await page.$eval("#c-ranks", n => n.value), "3");
    });
    await claim("what the engine refuses is said in its words", async () => {
        await fill(page, "stageCost", "1,2");
        holds(/stage/.test(await text(page, "#problem")), await text(page, "#problem"));
        await fill(page, "stageCost", "");
        same(await page.$eval("#problem", n => n.hidden), true);
    });
    await claim("a limit to memory is drawn, and greedy keeps it", async () => {
        await page.click("#reset");
        await fill(page, "schedule", "greedy");
        await fill(page, "maxActivations", "2");
        same(await figure(page, "peak"), "2");
        same(await count(page, "#timeline .cap"), 4);
    });
    await page.close();
}

async function looking() {
    const page = await open("#schedule=zb1p");
    await claim("F, I and W differ in colour, pattern and letter", async () => {
        const looks = await page.evaluate(() => ["F0", "I0", "W0"].map(name => {
            const block = [...document.querySelectorAll("#timeline .block")]
                .find(b => b.getAttribute("aria-label").startsWith("0" + name));
            const rects = [...block.querySelectorAll("rect")].map(r => r.getAttribute("fill"));
            return [rects[0], rects[1] || "none", document.querySelector("#timeline")
                .textContent.includes(name)];
        }));
        same(new Set(looks.map(l => l[0])).size, 3, "colours");
        same(new Set(looks.map(l => l[1])).size, 3, "patterns");
        same(looks.map(l => l[2]), [true, true, true], "letters");
    });
    await claim("letters are no wider than their block", async () => {
        const narrow = await open("#schedule=zbv&stages=8&latency=1");
        const [letters, block] = await narrow.evaluate(() => [
            Math.max(...[...document.querySelectorAll("#timeline .cell")]
                .map(n => n.getComputedTextLength())),
            Math.min(...[...document.querySelectorAll("#timeline .block rect")]
                .map(n => n.getBBox().width))]);
        holds(letters <= block, letters + " in " + block);
        await narrow.close();
    });
    await claim("the memory strip shows each rank's peak", async () => {
        same(await count(page, "#timeline .held"), 4);
        same(await texts(page, "#timeline .peak"), Array(4).fill("holds 4"));
    });
    await claim("the table compares what fits, and a row can be chosen", async () => {
        const said = ask(["compare"])[0].schedules;
        await compared(page);
        same(await texts(page, "#compare .pick"), said.map(s => s.schedule));
        const row = await page.$$eval("#compare tbody tr", all => all[0].innerText.split(/\s+/));
        holds(row.includes(String(said[0].makespan)), row);
        await page.evaluate(() => [...document.querySelectorAll("#compare .pick")]
            .find(b => b.textContent === "gpipe").click());
        same(await text(page, "#title"), "gpipe");
    });
    await claim("messages are drawn when asked for", async () => {
        await page.click("#arrows");
        same(await count(page, "#timeline .arrow"), 48);
        await page.click("#arrows");
        same(await count(page, "#timeline .arrow"), 0);
    });
    await claim("zoom makes the timeline wider and back", async () => {
        const width = () => page.$eval("#timeline svg", n => n.getBoundingClientRect().width);
        const before = await width();
        await page.click("#zoom-in");
        holds(await width() > 1.3 * before, "wider");
        await page.click("#zoom-out");
        same(await width(), before);
    });
    await claim("the address holds the state, and opens the same again", async () => {
        await fill(page, "microbatches", "5");
        await page.waitForFunction(() => location.hash.includes("microbatches=5"));
        const again = await open(await page.evaluate(() => location.hash));
        same(await figure(again, "makespan"), await figure(page, "makespan"));
        same(await text(again, "#title"), "gpipe");
        await again.close();
    });
    await claim("light and dark: by the system's wish, and by the button", async () => {
        const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        const light = await ground();
        await page.click("#theme");
        const dark = await ground();
        holds(light !== dark, light + " " + dark);
        await page.click("#theme");
        same(await ground(), light);
        await page.evaluate(() => localStorage.removeItem("pipelab-theme"));
        await page.emulateMediaFeatures([{name: "prefers-color-scheme", value: "dark"}]);
        await page.reload();
        await page.waitForSelector("html[data-ready]");
        same(await ground(), dark);
    });
    await claim("figures stand in a live region", async () =>
        same(await page.$eval("#figures", n => [n.getAttribute("role"), n.getAttribute("aria-live")]),
            ["status", "polite"]));
    await page.close();
}

async function keys() {
    const page = await open();
    const focused = () => page.evaluate(() => document.activeElement.getAttribute("aria-label"));
    await claim("every block and gap is reached by keys and says what it is", async () => {
        await focus(page, "#timeline [tabindex='0']");
        const seen = [];
        for (let rank = 0; rank < 4; rank++) {
            for (;;) {
                seen.push(await focused());
                await page.keyboard.press("ArrowRight");
                if (await focused() === seen[seen.length - 1])
                    break;
            }
            await page.keyboard.press("Home");
            await page.keyboard.press("ArrowDown");
        }
        const all = await count(page, "#timeline .block, #timeline .idle");
        same(new Set(seen.map(s => s.split(":")[0] + s.match(/rank \d+, time .*? to [\d.]+/))).size, all);
        holds(seen.includes("2F3: forward of microbatch 3, rank 2, time 11 to 12") ||
            seen.some(s => /^2F3: forward of microbatch 3, rank 2, time/.test(s)), seen[0]);
    });
    await claim("a gap that has the focus says why", async () => {
        await focus(page, "#timeline .idle[data-r='1']");
        await page.keyboard.press("Home");
        holds(/idle, rank 1, time 0 to 1: rank 1 waits to receive the activation of microbatch 0 from rank 0 \(0SEND_F0\); rank 0 runs 0F0/
            .test(await focused()), await focused());
    });
    await page.close();
    const large = await open("#ranks=64&stages=64&microbatches=256");
    await claim("64 ranks and 256 microbatches are drawn on a canvas", async () => {
        same(await count(large, "#timeline canvas"), 1);
        same(await figure(large, "makespan"),
            String(ask(["simulate", "--stages", "64", "--microbatches", "256"]).makespan));
    });
    await claim("its blocks can be reached by keys, too", async () => {
        await focus(large, "#timeline canvas");
        await large.keyboard.press("ArrowRight");
        await large.keyboard.press("ArrowDown");
        holds(/rank 1/.test(await text(large, "#spoken")), await text(large, "#spoken"));
    });
    const fit = ask(["compare", "--stages", "64", "--microbatches", "256"])[0].schedules
        .map(s => s.schedule);
    await claim("its table is the program's", async () => {
        await compared(large);
        same(await texts(large, "#compare .pick"), fit);
    });
    await claim("it is made beside the page, schedule by schedule; another choice ends it", async () => {
        /* Calls that go to the second engine, which come there later. */
        const [first, held] = await large.evaluate(() => {
            const send = Worker.prototype.postMessage;
            const calls = window.calls = [];
            const held = [];
            Worker.prototype.postMessage = function (data) {
                calls.push(data.words);
                held.push(() => send.call(this, data));
            };
            for (const value of ["192", "128"]) {
                const input = document.getElementById("c-microbatches");
                input.value = value;
                input.dispatchEvent(new Event("input", {bubbles: true}));
            }
            Worker.prototype.postMessage = function (data) {
                calls.push(data.words);
                send.call(this, data);
            };
            const shown = document.querySelector("[data-figure=makespan] b").textContent;
            held.forEach(go => go());
            return [shown, held.length];
        });
        same(first, String(ask(["simulate", "--stages", "64", "--microbatches", "128"]).makespan));
        same(held, 2, "calls before an answer");
        await large.waitForFunction(n => window.calls.length === n, {}, fit.length + 1);
        await compared(large);
        const calls = await large.evaluate(() => window.calls);
        same(calls.filter(words => words.includes("192")).length, 1);
        same(calls.slice(1).map(words => words[words.length - 1]).sort(), [...fit].sort());
    });
    await claim("rows of the choice before do not stay while its answers come", async () => {
        await large.evaluate(() => {
            const send = Worker.prototype.postMessage;
            Worker.prototype.postMessage = function (data) {
                window.letGo = () => {
                    Worker.prototype.postMessage = send;
                    send.call(this, data);
                };
            };
        });
        await fill(large, "latency", "1");
        await large.waitForSelector("#compare-body[aria-busy=true] tbody");
        await large.waitForFunction(() => !document.querySelector("#compare .pick"));
        await large.evaluate(() => window.letGo());
        await compared(large);
        same((await texts(large, "#compare .pick")).length, fit.length);
    });
    await large.close();
}

async function widths() {
    for (const [name, look] of [["390 pixels", {width: 390, height: 800, isMobile: true, hasTouch: true}],
        ["200 % zoom", {width: 640, height: 450, deviceScaleFactor: 2}]])
        for (const mode of ["explore", "edit", "levels&level=1f1b"])
            await claim(`${name} wide, ${mode}: nothing sticks out`, async () => {
                const page = await open("#mode=" + mode, look);
                const over = await page.evaluate(() =>
                    document.documentElement.scrollWidth - document.documentElement.clientWidth);
                holds(over <= 0, over + " pixels too wide");
                await page.close();
            });
    await claim("a finger's tap on a gap explains it", async () => {
        const page = await open("", {width: 390, height: 800, isMobile: true, hasTouch: true});
        await page.touchscreen.tap(...await middle(page, "#timeline .idle[data-r='0']"));
        holds(/^rank 0 waits to receive the gradient of microbatch 0/.test(await text(page, "#why li")),
            await text(page, "#why-body"));
        await page.close();
    });
}

async function leaving() {
    const page = await open("#schedule=zb1p");
    await claim("it prints on one page, A4 landscape, without controls", async () => {
        await page.emulateMediaType("print");
        same(await page.$eval("#controls", n => n.getClientRects().length), 0);
        const pdf = Buffer.from(await page.pdf({preferCSSPageSize: true, printBackground: true, timeout: 0}))
            .toString("latin1");
        same((pdf.match(/\/Type\s*\/Page[^s]/g) || []).length, 1, "pages");
        const [, w, h] = /\/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)/.exec(pdf);
        same([Math.round(w), Math.round(h)], [842, 595]);
        await page.emulateMediaType("screen");
    });
    await claim("nothing is cut off the printed page", async () => {
        for (const hash of ["", "#schedule=zbv&stages=8", "#capacity=0", "#a=schedule%3Dgpipe",
            "#outputBytes=1MiB&ranks=16&stages=16", "#ranks=64&stages=64&microbatches=64"]) {
            const paper = await open(hash, {width: 1047, height: 718});
            await compared(paper);
            await paper.emulateMediaType("print");
            same(await paper.evaluate(() => document.body.scrollHeight - document.body.clientHeight),
                0, "pixels below the page, " + hash);
            holds(await paper.$eval("#timeline", n => n.clientHeight) > 100, "a timeline, " + hash);
            await paper.close();
        }
    });
    await claim("the picture is saved as SVG, whole by itself", async () => {
        const svg = await saved(page, "#save-svg");
        const read = await page.evaluate(t => {
            const doc = new DOMParser().parseFromString(t, "image/svg+xml");
            return [doc.querySelector("parsererror") === null,
                doc.querySelectorAll(".block").length, doc.querySelector(".title").textContent];
        }, svg);
        same(read, [true, 96, "zb1p: 4 ranks · 4 stages · 8 microbatches, makespan 27"]);
    });
    await claim("the plan is saved as CSV that the program takes", async () => {
        const csv = await saved(page, "#save-csv");
        fs.writeFileSync(pageFile + ".csv", csv);
        same(ask(["simulate", "--load", pageFile + ".csv"]).makespan, 27);
        fs.unlinkSync(pageFile + ".csv");
    });
    await page.close();
}

module.exports = [choosing, looking, keys, widths, leaving];
