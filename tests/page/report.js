/* report.js - tests of --html: what a run wrote into the page. */
"use strict";
const fs = require("fs");
const os = require("os");
const path = require("path");
const {execFileSync} = require("child_process");
const {claim, same, holds, ask, open, text, texts, count, focus, program} = require("./browser.js");

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "check-page-"));
const small = ["--layers", "4", "--hidden", "16", "--batch", "8", "--stages", "2",
    "--microbatches", "4"];

/* Runs a command with --html and opens what it wrote. */
async function reported(words) {
    const file = path.join(folder, "run.html");
    execFileSync(program, [...words, "--html", file], {stdio: "ignore"});
    return open("", {address: "file://" + file});
}

async function trained() {
    const model = path.join(folder, "model");
    const page = await reported(["train", ...small, "--steps", "5", "--save", model]);
    await claim("a training's page opens with the run: predicted over measured", async () => {
        same(await page.$eval("#mode-run", n => n.getAttribute("aria-current")), "page");
        holds(/predicted, a tick as/.test(await text(page, "#other .lanes-name")), "predicted");
        holds(/measured: the median of the last/.test(await text(page, "#timeline .lanes-name")), "measured");
        same(await count(page, "#other .block[aria-label*='forward']"), 8);
        same(await count(page, "#timeline .block[aria-label*='forward']"), 8);
        same(await page.$eval("#timeline .track", n => n.getAttribute("width")),
            await page.$eval("#other .track", n => n.getAttribute("width")), "one axis");
    });
    await claim("an action's parts are said", async () => {
        await focus(page, "#timeline .block");
        holds(/\(compute [\d.]+/.test(await page.evaluate(() =>
            document.activeElement.getAttribute("aria-label"))), "compute");
    });
    await claim("losses, seconds of each rank and memory are there", async () => {
        const parts = await texts(page, "#run-report h4");
        same(parts.slice(0, 3), ["Loss, 5 steps", "Seconds of each rank", "Memory, KiB"]);
        same(await count(page, "#run-report tbody tr"), 4);
        holds(/core/.test(await text(page, "#subtitle")), await text(page, "#subtitle"));
    });
    await claim("so are the bytes of each rank over time, up to the peak that is reported", async () => {
        const charts = await texts(page, "#run-report h4");
        holds(/^Bytes over time: 1f1b, predicted/.test(charts[3]) &&
            /^Bytes over time: 1f1b, measured/.test(charts[4]), charts);
        same(await texts(page, ".bytes text"), await page.evaluate(() => {
            const {session} = JSON.parse(document.getElementById("run-data").textContent);
            const ranks = session.peak_bytes.map((peak, r) => peak + session.weight_bytes[r] +
                session.gradient_bytes[r] + session.optimizer_bytes[r]);
            return [...ranks, ...ranks].map((bytes, i) =>
                `rank ${i % ranks.length}: ${Math.round(10 * bytes / 1024) / 10} KiB`);
        }));
    });
    await claim("from a run one goes on to play", async () => {
        await page.click("#mode-explore");
        same(await text(page, "#title"), "1f1b");
        same(await count(page, "#timeline .block"), 64);
        await page.click("#mode-run");
        same(await count(page, "#timeline .block[aria-label*='forward']"), 8);
    });
    await page.close();
    const evaluated = await reported(["eval", "--resume", model]);
    await claim("an evaluation has its page", async () => {
        holds(await count(evaluated, "#timeline .block[aria-label*='forward']") > 0, "blocks");
        same(await count(evaluated, "#timeline .block[aria-label*='backward']"), 0);
    });
    await evaluated.close();
}

async function predicted() {
    const simulated = await reported(["simulate", "--schedule", "zb1p", "--cost", "F=2,B=3,I=2,W=1"]);
    await claim("a simulation's page has its timeline and figures", async () => {
        same(await count(simulated, "#timeline .block"), 96);
        holds(/zb1p/.test(await text(simulated, "#title")), "title");
        same(await simulated.$eval("#other", n => n.hidden), true);
    });
    const compared = await reported(["compare", "--stages", "8", "--schedule", "gpipe,1f1b"]);
    await claim("a comparison's page has a timeline a schedule and the table", async () => {
        same((await texts(compared, ".lanes-name")).length, 2);
        same((await texts(compared, "#run-report tbody td:first-child")).sort(), ["1f1b", "gpipe"]);
    });
    await claim("a report prints whole, on as many pages as it needs", async () => {
        await compared.emulateMediaType("print");
        same(await compared.evaluate(() => document.body.scrollHeight - document.body.clientHeight),
            0, "pixels below the page");
        const pdf = Buffer.from(await compared.pdf({preferCSSPageSize: true, timeout: 0})).toString("latin1");
        holds((pdf.match(/\/Type\s*\/Page[^s]/g) || []).length > 1, "more than a page");
    });
    await compared.close();
    const model = path.join(folder, "model.json");
    fs.writeFileSync(model, JSON.stringify({unit: "us", layers: [{name: "block", repeat: 4,
        forward: 1, input: 1, weight: 1, parameter_bytes: 1048576,
        activation_bytes: 4194304, output_bytes: 65536}]}));
    const large = await reported(["simulate", "--model", model, "--max-memory", "24MiB"]);
    await claim("where bytes are known, those of each rank stand over time, with the limit", async () => {
        same(await texts(large, ".bytes text"), ask(["simulate", "--model", model])
            .total_peak_bytes.map((n, r) => `rank ${r}: ${Math.round(10 * n / 1048576) / 10} MiB`));
        same(await count(large, ".bytes .held"), 4);
        same(await count(large, ".bytes .cap"), 4);
        same(await count(large, ".bytes .over"), 1);
        same(await count(simulated, ".bytes"), 0);
    });
    await large.close();
    await simulated.close();
    const named = await reported(["simulate", "--load", (() => {
        const file = path.join(folder, "<script>alert(1)<!--.csv");
        fs.writeFileSync(file, "0F0,0B0\n");
        return file;
    })()]);
    await claim("a name with markup in it is text", async () =>
        holds(/<script>/.test(await text(named, "#title")), await text(named, "#title")));
    await named.close();
    fs.rmSync(folder, {recursive: true});
}

module.exports = [trained, predicted];
