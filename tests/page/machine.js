/* machine.js - tests of links, bytes and limits as words, of files of a model
 * and a cluster, and of undo. */
"use strict";
const fs = require("fs");
const path = require("path");
const {claim, same, holds, ask, refusalOf, open, text, texts, figure, compared, count,
    fill, pageFile} = require("./browser.js");

const MODEL = JSON.stringify({unit: "ms", layers: [
    {name: "embedding", forward: 0.5, input: 0, weight: 0.25, output_bytes: "1MiB"},
    {name: "a \"block\"", repeat: 7, forward: 1, input: 1, weight: 0.75,
        parameter_bytes: "96MiB", activation_bytes: "50MiB",
        weight_activation_bytes: "20MiB", output_bytes: "1MiB"}]}, null, 2);
const CLUSTER = JSON.stringify({ranks: 4, memory: "1.5GiB", node: {size: 2,
    inside: {latency: "5us", bandwidth: "4GB/s"},
    between: {latency: "20us", bandwidth: "1GB/s"}}}, null, 2);
const SIZES = JSON.stringify({transformer: {blocks: 6, hidden: 512, heads: 8,
    sequence: 256, vocabulary: 1000}});
const FAST = JSON.stringify({flops: 1e12, efficiency: 0.5, memory: "200MB",
    link: {latency: "5us", bandwidth: "10GB/s"}});

/* A file of a text; the caller removes it. */
function file(name, content) {
    const at = path.resolve(pageFile + "." + name);
    fs.writeFileSync(at, content);
    return at;
}

/* The whole of what is drawn, as the program has it. */
const blocks = page => page.$$eval("#timeline .block", all =>
    all.map(n => n.getAttribute("aria-label")));

async function words() {
    const page = await open("#steps=2");
    const said = ["simulate", "--steps", "2"];
    await claim("bytes and a bandwidth are taken, and the figures follow", async () => {
        await fill(page, "outputBytes", "8MiB");
        await fill(page, "bandwidth", "4MiB");
        await fill(page, "activationBytes", "64MiB");
        await fill(page, "parameterBytes", "1MiB");
        said.push("--bytes", "activation=64MiB,output=8MiB,parameters=1MiB",
            "--bandwidth", "4MiB");
        const {makespan, total_peak_bytes: total} = ask(said);
        same(await figure(page, "makespan"), String(makespan));
        same(await figure(page, "memory"), (Math.max(...total) / 2 ** 20) + " MiB");
        await fill(page, "latency", "2");
        said.push("--latency", "2");
        same(await figure(page, "makespan"), String(ask(said).makespan));
    });
    await claim("a limit in bytes is held against the fullest rank", async () => {
        await fill(page, "maxMemory", "250MiB");
        holds(/more than 250 MiB/.test(await text(page, "[data-figure=memory]")), "too much");
        await fill(page, "maxMemory", "1GiB");
        holds(/fits in 1 GiB/.test(await text(page, "[data-figure=memory]")), "enough");
    });
    await claim("the table of schedules says which need more", async () => {
        await fill(page, "maxMemory", "250MiB");
        const table = ask(["compare", ...said.slice(3), "--max-memory", "250MiB"])[0].schedules;
        await compared(page);
        same((await texts(page, "#compare tbody tr")).map(row => /, over/.test(row)),
            table.map(s => !s.fits));
    });
    await claim("beside a plan A without bytes, no figure is made up", async () => {
        const both = await open("#outputBytes=1MiB&a=schedule%3Dgpipe");
        same(/NaN/.test(await text(both, "#figures")), false);
        same(await count(both, "[data-figure=memory] i"), 0);
        await both.close();
    });
    await claim("what is no size is refused in the program's words", async () => {
        await fill(page, "bandwidth", "fast");
        same("pipelab: " + await text(page, "#problem") + "\n",
            refusalOf(["simulate", "--bandwidth", "fast"]));
        await fill(page, "bandwidth", "4MiB");
    });
    await claim("the address keeps them", async () => {
        await page.waitForFunction(() => location.hash.includes("bandwidth=4MiB"));
        const again = await open(await page.evaluate(() => location.hash));
        same(await figure(again, "makespan"), await figure(page, "makespan"));
        same(await figure(again, "memory"), await figure(page, "memory"));
        await again.close();
    });
    await page.close();
}

async function files() {
    for (const [model, cluster, shape] of [[MODEL, CLUSTER, "ranks=4"],
        [MODEL, CLUSTER, "schedule=zb1p&ranks=2&stages=2"],
        [SIZES, FAST, "schedule=interleaved-1f1b&ranks=2&stages=4"]])
        await claim("files of model and cluster have the program's figures, " + shape, async () => {
            const page = await open("#" + shape);
            const [a, b] = [file("model.json", model), file("cluster.json", cluster)];
            const said = ask(["simulate", ...shape.split("&").map(one => "--" + one),
                "--model", a, "--cluster", b, "--spans"]);
            await (await page.$("#f-cluster")).uploadFile(b);
            await page.waitForSelector("#cluster-said:not([hidden])");
            await (await page.$("#f-model")).uploadFile(a);
            await page.waitForSelector("#model-said:not([hidden])");
            same(await page.$eval("#problem", n => n.hidden), true);
            same(await figure(page, "makespan"),
                String(Math.round(said.makespan * 1000) / 1000));
            same((await text(page, "[data-figure=makespan]")).includes(said.unit), true);
            holds((await text(page, "[data-figure=memory]")).includes(
                said.fits_memory ? "fits in" : "more than"), "the cluster's limit");
            same((await blocks(page)).length, said.spans.filter(s =>
                !/SEND|RECV/.test(s.kind) && s.end > s.start).length);
            await page.waitForFunction(() => location.hash.includes("cluster="));
            const again = await open(await page.evaluate(() => location.hash));
            same(await blocks(again), await blocks(page), "by the link");
            same(await text(again, "#model-name"), "a model from the link");
            await again.close();
            for (const at of [a, b])
                fs.unlinkSync(at);
            await page.close();
        });
}

async function edited() {
    await claim("a table that is not whole is timed by model and cluster, too", async () => {
        const machine = "model=" + encodeURIComponent(MODEL) +
            "&cluster=" + encodeURIComponent(CLUSTER);
        const page = await open("#mode=edit&schedule=zb1p&ranks=2&stages=2&microbatches=3&" + machine);
        const whole = await blocks(page);
        holds(whole.some(label => /time [\d.]*\.\d/.test(label)), "times of the files");
        for (const rank of ["0", "1"]) {
            const [last] = await page.$$eval(`.cells[data-rank='${rank}'] .chip`,
                all => all.slice(-1).map(n => n.dataset.at));
            await page.click(`.chip[data-at='${last}']`);
            await page.click("#edit-delete");
        }
        const part = await blocks(page);
        same(part, whole.filter(label => part.includes(label)));
        same(part.length, whole.filter(label => !/optimizer/.test(label)).length - 2);
        holds(/^16 of 18 cells are there\./.test(await text(page, "#verdict")),
            await text(page, "#verdict"));
        await page.close();
    });
}

/* A file that falls on the page. */
const drop = (page, name, content) => page.evaluate((name, content) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([content], name));
    document.getElementById("timeline").dispatchEvent(new DragEvent("drop",
        {dataTransfer, bubbles: true, cancelable: true}));
}, name, content);

async function dropped() {
    const page = await open();
    await claim("a file that is dropped is taken for what its keys say", async () => {
        await drop(page, "gpt.json", MODEL);
        await page.waitForSelector("#model-said:not([hidden])");
        same(await text(page, "#model-name"), "gpt.json");
        await drop(page, "rack.json", CLUSTER);
        await page.waitForSelector("#cluster-said:not([hidden])");
        same(await text(page, "#cluster-name"), "rack.json");
    });
    await claim("controls for which a file stands are off, and on again without it", async () => {
        const off = () => page.$$eval("#controls input:disabled", all => all.map(n => n.name));
        same(await off(), ["F", "B", "I", "W", "stageCost", "latency", "bandwidth",
            "activationBytes", "outputBytes", "parameterBytes"]);
        await page.click("#model-gone");
        await page.click("#cluster-gone");
        same(await off(), []);
        same(await figure(page, "makespan"), "33");
    });
    await claim("a file that is wrong is refused by its name, in the program's words", async () => {
        await drop(page, "bad.json", MODEL.replace('"forward": 1,', '"forward": -1,'));
        await page.waitForSelector("#problem:not([hidden])");
        same(await text(page, "#problem"),
            "bad.json: layers[1].forward is -1; use a number from 0 to 1e+07");
        await drop(page, "list.json", "[1]");
        await page.waitForFunction(() => /^list.json: it is no object/
            .test(document.getElementById("problem").textContent));
    });
    await claim("undo takes files and choices back, one by one", async () => {
        await page.click("#undo");
        same(await page.$eval("#problem", n => n.hidden), true);
        await page.click("#reset");
        await fill(page, "bandwidth", "12MB");
        await fill(page, "ranks", "3");
        await page.click("#undo");
        same(await page.$eval("#c-ranks", n => n.value), "4");
        same(await page.$eval("#c-bandwidth", n => n.value), "12MB");
        await page.click("#title");
        await page.keyboard.down("Control");
        await page.keyboard.press("z");
        await page.keyboard.up("Control");
        same(await page.$eval("#c-bandwidth", n => n.value), "");
        same(await count(page, "#timeline .block"), 64);
    });
    await claim("a table that is dropped is edited", async () => {
        await drop(page, "plan.csv", "0F0,,0B0\n1F0,1B0,\n");
        await page.waitForSelector("#verdict");
        same(await text(page, "#subtitle"), "2 ranks · 2 stages · 1 microbatch");
    });
    await page.close();
}

module.exports = [words, files, edited, dropped];
