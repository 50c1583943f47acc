/* browser.js - what the page's tests share: a browser, claims, and ways to act
 * on the page as a user does. */
"use strict";
const fs = require("fs");
const os = require("os");
const path = require("path");
const {execFileSync, spawnSync} = require("child_process");
const puppeteer = require("puppeteer-core");

const [pageFile, program, chromium] = process.argv.slice(2);
const address = "file://" + path.resolve(pageFile);
const downloads = fs.mkdtempSync(path.join(os.tmpdir(), "check-page-"));
const outcome = {count: 0, failed: 0, complaints: [], requests: []};
const opened = [];
let browser;

/* A claim holds if its function returns without an error. Else the pages that it
 * opened are closed: one in front would hold up all further claims. */
async function claim(text, act) {
    outcome.count++;
    const before = opened.length;
    try {
        await act();
        console.log(`ok ${outcome.count} - ${text}`);
    } catch (wrong) {
        outcome.failed++;
        console.log(`not ok ${outcome.count} - ${text}`);
        console.log("# " + (wrong.stack || wrong).toString().split("\n")
            .slice(0, 4).join("\n# "));
        for (const page of opened.slice(before))
            if (!page.isClosed())
                await page.close();
    }
}

function same(got, wanted, what) {
    const [a, b] = [JSON.stringify(got), JSON.stringify(wanted)];
    if (a !== b)
        throw new Error(`${what || "value"}: ${a.slice(0, 600)}, but ${b.slice(0, 600)} was expected`);
}

function holds(condition, what) {
    if (!condition)
        throw new Error("this does not hold: " + what);
}

/* What the program itself says. */
const ask = words => JSON.parse(execFileSync(program, [...words, "--format", "json"],
    {encoding: "utf8", stdio: ["ignore", "pipe", "ignore"]}));
const refusalOf = words => spawnSync(program, words, {encoding: "utf8"}).stderr;

/* A page of its own; all that it logs and asks for is kept. */
async function open(hash, look) {
    const page = await browser.newPage();
    opened.push(page);
    /* A busy machine is slow, and not wrong. */
    page.setDefaultTimeout(300000);
    page.on("console", m => ["error", "warn"].includes(m.type()) &&
        outcome.complaints.push(m.text()));
    page.on("pageerror", e => outcome.complaints.push(String(e)));
    page.on("request", r => /^(file|data|blob):/.test(r.url()) ||
        outcome.requests.push(r.url()));
    await page.setViewport(Object.assign({width: 1280, height: 900}, look));
    await page.goto((look && look.address || address) + (hash || ""));
    await page.waitForSelector("html[data-ready]");
    return page;
}

const text = (page, selector) => page.$eval(selector, n => n.textContent);
const texts = (page, selector) => page.$$eval(selector, all => all.map(n => n.textContent));
const figure = (page, name) => text(page, `[data-figure="${name}"] b`);
/* page.focus() is for HTML alone. */
const focus = (page, selector) => page.evaluate(s => document.querySelector(s).focus(), selector);
const count = (page, selector) => page.$$eval(selector, all => all.length);

/* The table of schedules, once all its rows are there. */
const compared = page => page.waitForSelector("#compare-body[aria-busy=false]");

/* Types into a field or chooses from a list, as a hand does. */
async function fill(page, name, value) {
    const at = "#c-" + name;
    if (await page.$eval(at, n => n.tagName) === "SELECT")
        return page.select(at, value);
    await page.click(at, {count: 3});
    await page.keyboard.press("Backspace");
    await page.type(at, value);
    return page.keyboard.press("Tab");
}

/* Goes by keys from the first cell of the table to one by its text. */
async function keysTo(page, selector) {
    await page.focus("#rows .chip[tabindex='0']");
    const [rank, at] = (await page.$eval(selector, n => n.dataset.at)).split(".").map(Number);
    const now = async () => (await page.evaluate(() =>
        document.activeElement.dataset.at)).split(".").map(Number);
    for (let [r] = await now(); r !== rank; [r] = await now())
        await page.keyboard.press(r < rank ? "ArrowDown" : "ArrowUp");
    await page.keyboard.press("Home");
    for (let i = 0; i < at; i++)
        await page.keyboard.press("ArrowRight");
}

/* The middle of a node, on the screen. */
async function middle(page, selector) {
    const node = await page.$(selector);
    if (!node)
        throw new Error("there is no " + selector);
    await node.scrollIntoView();
    const box = await node.boundingBox();
    return [box.x + box.width / 2, box.y + box.height / 2];
}

async function drag(page, from, to, into) {
    const [x, y] = await middle(page, from);
    const [tx, ty] = await middle(page, to);
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 10, y, {steps: 3});
    await page.mouse.move(tx + (into || 0), ty, {steps: 6});
    await page.mouse.up();
}

/* The file that a press on a button saves. */
async function saved(page, selector) {
    const session = await browser.target().createCDPSession();
    await session.send("Browser.setDownloadBehavior",
        {behavior: "allow", downloadPath: downloads, eventsEnabled: true});
    const done = new Promise(resolve => session.on("Browser.downloadProgress", event =>
        event.state === "completed" && resolve()));
    const name = new Promise(resolve => session.on("Browser.downloadWillBegin",
        event => resolve(event.suggestedFilename)));
    await page.click(selector);
    await done;
    const file = path.join(downloads, await name);
    const content = fs.readFileSync(file, "utf8");
    fs.unlinkSync(file);
    await session.detach();
    return content;
}

async function run(suites) {
    browser = await puppeteer.launch({executablePath: chromium, headless: true,
        args: process.getuid && process.getuid() === 0 ? ["--no-sandbox"] : []});
    try {
        for (const suite of suites)
            await suite();
        await claim("no request left the page", () => same(outcome.requests, []));
        await claim("no error and no warning on the console", () => same(outcome.complaints, []));
    } finally {
        await browser.close();
        fs.rmSync(downloads, {recursive: true});
    }
    console.log(`1..${outcome.count}`);
    process.exitCode = outcome.failed ? 1 : 0;
}

module.exports = {claim, same, holds, ask, refusalOf, open, text, texts, figure, count,
    compared, fill, focus, keysTo, middle, drag, saved, run, pageFile, program, address};
