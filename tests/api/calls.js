/* calls.js - answers calls of the WebAssembly module, a line each: words with a
 * blank between two, and after a tab a CSV text whose rows end with '|'.
 *
 * Usage: node calls.js ENGINE.js PIPELAB.wasm <calls >answers */
"use strict";
const fs = require("fs");
const zlib = require("zlib");
const {pipelabEngine} = require(process.argv[2]);

async function answer() {
    const bytes = fs.readFileSync(process.argv[3]);
    const engines = [await pipelabEngine(bytes),
        await pipelabEngine(zlib.gzipSync(bytes))];
    const calls = fs.readFileSync(0, "utf8").split("\n").filter(line => line);
    calls.forEach((line, i) => {
        const [words, csv] = line.split("\t");
        process.stdout.write(engines[i % 2].text(words.split(" "),
            csv && csv.replace(/\|/g, "\n")));
    });
}
answer();
