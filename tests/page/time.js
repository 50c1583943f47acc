/* time.js - tests of stepping through time, of why a rank is idle, of the
 * critical path, of deadlocks and of two plans on one axis. */
"use strict";
const fs = require("fs");
const path = require("path");
const {pipelabEngine} = require("../../src/page/engine.js");
const {claim, same, holds, ask, open, text, texts, figure, compared, count, fill, focus,
    middle, pageFile} = require("./browser.js");

async function cursor() {
    const page = await open();
    await claim("a step ahead moves the cursor to the next moment", async () => {
        await page.click("#ahead");
        same(await text(page, "#clock"), "1 of 33");
        await page.click("#ahead");
        await page.click("#back");
        same(await text(page, "#moment-h"), "At time 1");
    });
    await claim("it says what each rank does and what is on each link", async () => {
        const moment = await text(page, "#moment-body");
        holds(/rank 0Fforward of microbatch 1 \(0 of 1\)/.test(moment), moment);
        holds(/rank 2·waits to receive the activation of microbatch 0 from rank 1/.test(moment), moment);
        await page.focus("#time");
        for (let i = 0; i < 4; i++)
            await page.keyboard.press("ArrowRight");
        same(await text(page, "#clock"), "6 of 33");
        holds(/rank 0 → 1F3/.test(await text(page, ".wires")), await text(page, ".wires"));
        same(await texts(page, ".wire > :first-child"), ["rank 0 → 1", "rank 1 → 2",
            "rank 2 → 3", "rank 1 → 0", "rank 2 → 1", "rank 3 → 2"]);
    });
    await claim("play runs to the end, and pauses in between", async () => {
        await fill(page, "microbatches", "1");
        await page.focus("#time");
        await page.keyboard.press("Home");
        const labels = await page.evaluate(async () => {
            const play = document.getElementById("play");
            const at = document.getElementById("clock");
            play.click();
            const first = play.getAttribute("aria-label");
            while (at.textContent === "0 of 12")
                await new Promise(requestAnimationFrame);
            play.click();
            return [first, play.getAttribute("aria-label"), at.textContent !== "12 of 12"];
        });
        same(labels, ["Pause", "Play", true]);
        await page.click("#play");
        await page.waitForSelector("#play[aria-label='Play']");
        same(await text(page, "#clock"), "12 of 12");
    });
    await page.close();
}

async function waiting() {
    const page = await open();
    await claim("pointing at a gap gives the chain up to its root", async () => {
        const [x, y] = await middle(page, "#timeline .idle[data-r='0']");
        await page.mouse.move(x - 40, y);
        const chain = await texts(page, "#why li");
        holds(chain.length >= 2, chain);
        same(chain[0], "rank 0 waits to receive the gradient of microbatch 0 from rank 1 (1SEND_B0)");
        holds(/^rank \d runs /.test(chain[chain.length - 1]), chain);
        holds(await count(page, "#timeline .over .root") === 1, "the root is lit");
    });
    await claim("the chain is the engine's, in steps in a row, too", async () => {
        const wasm = path.join(path.dirname(path.resolve(pageFile)), "pipelab.wasm");
        const engine = await pipelabEngine(fs.readFileSync(wasm));
        const rows = await open("#ranks=3&stages=3&steps=2&latency=1&t=41");
        const {waits} = engine.call(["why", "--ranks=3", "--stages=3", "--steps=2",
            "--latency=1", "--at=41"]);
        const idle = waits.filter(w => w.kind !== "busy");
        holds(idle.length > 0, "a rank waits");
        same(await texts(rows, "#moment-body .now .soft"),
            idle.map(w => w.text.replace(`rank ${w.rank} `, "")));
        await rows.close();
    });
    await claim("the critical path is lit and as long as the step", async () => {
        for (const name of ["1f1b", "gpipe", "zb1p", "naive"]) {
            const lit = await open("#critical=1&schedule=" + name);
            const [sum, whole] = await lit.evaluate(() => {
                const boxes = [...document.querySelectorAll("#timeline .lit")];
                const track = document.querySelector("#timeline .track");
                return [boxes.reduce((s, b) => s + Number(b.getAttribute("width")), 0),
                    Number(track.getAttribute("width"))];
            });
            holds(Math.abs(sum - whole) < 2, `${name}: ${sum} of ${whole}`);
            await lit.close();
        }
    });
    await claim("with latency the path is the compute between messages", async () => {
        await fill(page, "latency", "2");
        await page.click("#critical");
        const widths = await page.$$eval("#timeline .lit", all =>
            all.map(b => Number(b.getAttribute("width"))).reduce((a, b) => a + b, 0));
        const whole = await page.$eval("#timeline .track", n => Number(n.getAttribute("width")));
        holds(widths < whole && widths > 0, `${widths} of ${whole}`);
        holds(await page.$eval("#timeline .critical > path", n => n.getAttribute("d").length) > 0, "joined");
    });
    await page.close();
}

async function deadlock() {
    const page = await open("#capacity=0");
    await claim("a deadlock is said in the program's words and drawn as a circle", async () => {
        holds(/^deadlock: 1f1b with --capacity 0 leaves every rank waiting/
            .test(await text(page, "#problem div")), await text(page, "#problem"));
        const label = await page.$eval("#problem svg", n => n.getAttribute("aria-label"));
        holds(/rank 2 waits for rank 3, rank 3 waits for rank 2/.test(label) ||
            /rank 3 waits for rank 2, rank 2 waits for rank 3/.test(label), label);
    });
    await claim("the timeline shows how far it came, and its gaps say why", async () => {
        same(await count(page, "#timeline .block"), 11);
        await focus(page, "#timeline .idle[data-r='0']");
        await page.keyboard.press("End");
        holds((await texts(page, "#why li")).length >= 2, await text(page, "#why-body"));
    });
    await claim("a narrow table of schedules shows which deadlock", async () => {
        const narrow = await open("#capacity=0", {width: 640});
        await compared(narrow);
        holds(await narrow.$eval("#compare td[colspan]", cell => {
            const words = document.createRange();
            words.selectNodeContents(cell);
            return words.getBoundingClientRect().right <= innerWidth;
        }), "in sight");
        await narrow.close();
    });
    await claim("with a slot it runs", async () => {
        await fill(page, "capacity", "1");
        same(await page.$eval("#problem", n => n.hidden), true);
        same(await figure(page, "makespan"), "33");
    });
    await page.close();
}

async function pair() {
    const page = await open("#schedule=gpipe");
    await claim("plan A stays above plan B, on one axis", async () => {
        await page.click("#pin");
        await fill(page, "schedule", "zb1p");
        same(await count(page, "#other .block"), 64);
        same(await count(page, "#timeline .block"), 96);
        holds(/^A: gpipe/.test(await text(page, "#other .lanes-name")), "A's name");
        const of = box => page.$eval(box + " .block[data-r='3'] rect", n => Number(n.getAttribute("x")));
        same(await of("#other"), await of("#timeline"), "where 3F0 begins");
        same(await page.$eval("#timeline .track", n => n.getAttribute("width")),
            await page.$eval("#other .track", n => n.getAttribute("width")));
    });
    await claim("figures say which is better, and the address keeps both", async () => {
        same(await text(page, "[data-figure=makespan] .better"), "A: 33");
        await page.waitForFunction(() => location.hash.includes("a="));
        const again = await open(await page.evaluate(() => location.hash));
        same(await count(again, "#other .block"), 64);
        await again.close();
    });
    await claim("pressed again, A is gone", async () => {
        await page.click("#pin");
        same(await page.$eval("#other", n => n.hidden), true);
    });
    await page.close();
}

module.exports = [cursor, waiting, deadlock, pair];
