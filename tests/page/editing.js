/* editing.js - tests of the table that one can edit and of the levels. */
"use strict";
const fs = require("fs");
const {claim, same, holds, ask, refusalOf, open, text, texts, figure, count, fill, keysTo,
    drag, saved, pageFile} = require("./browser.js");

const row = (page, rank) => page.$$eval(`.cells[data-rank='${rank}'] .chip:not(.ghost)`,
    all => all.map(n => n.textContent).join(" "));
const cell = (rank, at) => `.chip[data-at='${rank}.${at}']`;
const small = "#mode=edit&ranks=2&stages=2&microbatches=2";
const before = "F0 F1 B0 B1";

async function moves() {
    const page = await open(small);
    await claim("the table begins as the schedule, which is recognised", async () => {
        same(await row(page, 0), before);
        holds(/^This is 1f1b\./.test(await text(page, "#verdict")), await text(page, "#verdict"));
        await page.waitForFunction(() =>
            /^1f1b/.test((document.querySelector("#compare tr.here") || {}).textContent));
        await page.click("#mode-explore");
        await page.click("#mode-edit");
    });
    await claim("a drag moves a cell", async () => {
        await drag(page, cell(0, 3), cell(0, 2), -12);
        same(await row(page, 0), "F0 F1 B1 B0");
    });
    await claim("undo takes it back, and redo does it again", async () => {
        await page.click("#edit-undo");
        same(await row(page, 0), before);
        await page.click("#edit-redo");
        same(await row(page, 0), "F0 F1 B1 B0");
        await page.keyboard.down("Control");
        await page.keyboard.press("z");
        await page.keyboard.up("Control");
        same(await row(page, 0), before);
    });
    await claim("pressing two cells swaps them, and the check marks the cell and says why", async () => {
        await page.click(cell(1, 0));
        await page.click(cell(1, 1));
        same(await row(page, 1), "B0 F0 F1 B1");
        const at = pageFile + ".csv";
        fs.writeFileSync(at, "0F0,0F1,0B0,0B1\n1B0,1F0,1F1,1B1\n");
        const said = refusalOf(["simulate", "--load", at]).split("\n")[0]
            .replace(/^.*?\.csv: /, "");
        fs.unlinkSync(at);
        holds((await text(page, "#verdict")).startsWith(said), said + " / " + await text(page, "#verdict"));
        same(await page.$$eval(".chip.bad", all => all.map(n => n.dataset.at)), ["1.0"]);
        holds(/before its forward/.test(await page.$eval(cell(1, 0), n => n.getAttribute("aria-label"))), "spoken");
        await page.click("#edit-undo");
    });
    await claim("a cell is taken out, its ghost appears, and pressing that adds it", async () => {
        await page.click(cell(1, 3));
        await page.click("#edit-delete");
        same(await row(page, 1), "F0 B0 F1");
        same(await page.$$eval(".ghost", all => all.map(n => n.dataset.ghost)), ["1B1"]);
        await page.click(".ghost[data-ghost='1B1']");
        same(await row(page, 1), "F0 B0 F1 B1");
    });
    await claim("a cell is put in by its name", async () => {
        await page.click(cell(0, 1));
        await page.type("#edit-cell", "0b1");
        await page.click("#edit-insert");
        same(await row(page, 0), "F0 B1 F1 B0 B1");
        await page.click("#edit-undo");
    });
    await claim("all of it works by keys", async () => {
        await keysTo(page, cell(0, 1));
        await page.keyboard.down("Alt");
        await page.keyboard.press("ArrowRight");
        await page.keyboard.up("Alt");
        same(await row(page, 0), "F0 B0 F1 B1");
        await page.keyboard.press("Delete");
        same(await row(page, 0), "F0 B0 B1");
        await keysTo(page, cell(0, 0));
        await page.keyboard.press("Space");
        await page.keyboard.press("ArrowRight");
        await page.keyboard.press("Space");
        same(await row(page, 0), "B0 F0 B1");
        for (let i = 0; i < 3; i++) {
            await page.keyboard.down("Control");
            await page.keyboard.press("z");
            await page.keyboard.up("Control");
        }
        same(await row(page, 0), before);
    });
    await page.close();
}

async function judged() {
    const page = await open(small);
    await claim("a plan of one's own is told from the known ones, with par and bound", async () => {
        await keysTo(page, cell(0, 3));
        await page.keyboard.down("Alt");
        await page.keyboard.press("ArrowLeft");
        await page.keyboard.up("Alt");
        const said = await text(page, "#verdict");
        holds(/^A valid plan of your own\./.test(said), said);
        const par = Math.min(...ask(["compare", "--stages", "2", "--microbatches", "2"])[0]
            .schedules.map(s => s.makespan));
        holds(said.includes(`par ${par}`) && /lower bound \d+; yours 11, score \d+/.test(said), said);
    });
    await claim("CSV goes out and comes back in", async () => {
        const csv = await saved(page, "#save-csv");
        same(csv, "0F0,0F1,0B1,0B0\n1F0,1B0,1F1,1B1\n");
        await page.click("#edit summary");
        await page.$eval("#edit-csv", n => { n.value = "0F0,,0F1,0F2,0B0,0B1,0B2\n1F0,1B0,,1F1,1B1,1F2,1B2\n"; });
        await page.click("#edit-read");
        same(await row(page, 0), "F0 F1 F2 B0 B1 B2");
        same(await text(page, "#subtitle"), "2 ranks · 2 stages · 3 microbatches");
    });
    await claim("the address keeps the table", async () => {
        await page.waitForFunction(() => location.hash.includes("microbatches=3"));
        const again = await open(await page.evaluate(() => location.hash));
        same(await row(again, 0), "F0 F1 F2 B0 B1 B2");
        await again.close();
    });
    await claim("a schedule is built from nothing, from ghost to ghost", async () => {
        await page.goto("about:blank");
        const fresh = await open(small);
        await fresh.click("#edit-empty");
        same(await count(fresh, ".chip:not(.ghost)"), 0);
        for (let i = 0; i < 8; i++)
            await fresh.click(".ghost");
        same(await count(fresh, ".ghost"), 0);
        holds(/^(This is|A valid plan)/.test(await text(fresh, "#verdict")), await text(fresh, "#verdict"));
        await fresh.close();
    });
    await page.close();
}

/* Each level's cells, in an order in which they become ready. */
const solutions = {
    naive: "0F0 1F0 2F0 2B0 1B0 0B0 0F1 1F1 2F1 2B1 1B1 0B1",
    gpipe: "0F0 0F1 0F2 0F3 1F0 1F1 1F2 1F3 2F0 2F1 2F2 2F3 2B0 2B1 2B2 2B3 1B0 1B1 1B2 1B3 0B0 0B1 0B2 0B3",
    "1f1b": "0F0 0F1 0F2 1F0 1F1 2F0 2B0 1B0 1F2 2F1 2B1 0B0 0F3 1B1 1F3 2F2 2B2 0B1 1B2 2F3 2B3 0B2 1B3 0B3",
    cap: "0F0 0F1 1F0 1F1 2F0 2B0 1B0 2F1 2B1 0B0 1B1 0F2 1F2 0B1 2F2 2B2 0F3 1F3 1B2 2F3 2B3 0B2 1B3 0B3",
    zero: "zb1p", v: "zbv",
};

/* The cells of a schedule in the order of their starts. */
function cellsOf(name, shape) {
    const said = ask(["simulate", "--schedule", name, ...shape, "--spans"]);
    return said.spans.filter(s => /^[FBIW]$/.test(s.kind))
        .sort((a, b) => a.start - b.start || a.end - b.end)
        .map(s => s.stage + s.kind + s.microbatch);
}

async function levels() {
    const shapes = {zero: ["--stages", "3", "--microbatches", "4"],
        v: ["--ranks", "2", "--stages", "4", "--microbatches", "3"]};
    for (const [id, solution] of Object.entries(solutions))
        await claim(`level ${id} is solved without a mouse, at par`, async () => {
            const page = await open("#mode=levels&level=" + id);
            const cells = shapes[id] ? cellsOf(solution, shapes[id]) : solution.split(" ");
            for (const name of cells) {
                await keysTo(page, `.ghost[data-ghost='${name}']`);
                await page.keyboard.press("Enter");
            }
            holds(/★★★ score 100 of 100/.test(await text(page, "#level-score")),
                await text(page, "#levels") + await text(page, "#verdict"));
            await page.close();
        });
    const page = await open("#mode=levels&level=repair");
    await claim("a level teaches, gives hints one by one and checks its rules", async () => {
        holds(/circle of waiting/.test(await text(page, "#levels")), "what it teaches");
        same(await count(page, ".hint"), 0);
        await page.click("#level-hint");
        same(await count(page, ".hint"), 1);
        await page.click("#level-hint");
        same(await count(page, ".hint"), 2);
        same(await text(page, "#level-score"), "score 0 of 100");
        same(await count(page, ".chip.bad"), 1);
    });
    await claim("the table that was to be mended is 1f1b when it is", async () => {
        await page.click("#edit summary");
        const wanted = ["0F0 0F1 0F2 0F3 0B0 0F4 0B1 0B2 0B3 0B4", "1F0 1F1 1F2 1F3 1B0 1F4 1B1 1B2 1B3 1B4",
            "2F0 2F1 2B0 2F2 2B1 2F3 2B2 2F4 2B3 2B4", "3F0 3B0 3F1 3B1 3F2 3B2 3F3 3B3 3F4 3B4"];
        const type = async (rank, at, name) => {
            await page.click(cell(rank, at));
            await page.type("#edit-cell", name);
            await page.click("#edit-insert");
        };
        await type(0, 7, "0B2");
        await keysTo(page, cell(3, 6));
        await page.keyboard.press("Delete");
        const shift = async (rank, from, by) => {
            await keysTo(page, cell(rank, from));
            await page.keyboard.down("Alt");
            for (let i = 0; i < Math.abs(by); i++)
                await page.keyboard.press(by < 0 ? "ArrowLeft" : "ArrowRight");
            await page.keyboard.up("Alt");
        };
        await shift(2, 0, 2);
        await shift(2, 6, 1);
        await shift(3, 3, -2);
        await shift(3, 6, -1);
        const rows = [];
        for (let r = 0; r < 4; r++)
            rows.push((await row(page, r)).split(" ").map(c => r + c).join(" "));
        same(rows, wanted);
        holds(/score 100/.test(await text(page, "#level-score")), await text(page, "#level-score"));
    });
    await claim("scores stay, and the next level is a press away", async () => {
        await page.click("#level-next");
        same(await text(page, "#level-name"), "Under a cap");
        holds((await texts(page, ".levels-list button")).some(t => /Mend a table★★★/.test(t)), "stars");
    });
    await page.close();
}

module.exports = [moves, judged, levels];
