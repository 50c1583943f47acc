/* check_page.js - the page in a real browser: acts as a user does and reads
 * what comes of it. Usage: check_page.js PAGE.html PROGRAM CHROMIUM [SUITE] */
"use strict";
const {run} = require("./browser.js");

const only = process.argv[5];
const suites = (only ? [only]
    : ["explore", "time", "machine", "editing", "access", "views", "report"])
    .flatMap(name => require(`./${name}.js`));
run(suites);
