/* page_save.js - what leaves the page: SVG, CSV, a link, paper. */

/* The rules that a picture needs outside the page, light in any case. */
const SVG_STYLE = `text{font-family:system-ui,"DejaVu Sans",sans-serif}
.cell{font-size:12px;font-weight:650;text-anchor:middle;fill:#0d1b2a}.cell.small{font-size:10px}
.stage{font-size:8.5px}.lane{font-size:12.5px;text-anchor:end;font-weight:600;fill:#16202c}
.peak{font-size:10.5px;text-anchor:end;fill:#55606e}.axis{font-size:10.5px;text-anchor:middle;fill:#55606e}
.grid{stroke:#dbe1e8;fill:none}.track{fill:#edf0f4}.held{fill:#9fb0c3}.cap{stroke:#a3200f;stroke-dasharray:3 3;fill:none}
.arrow{fill:none;stroke-width:1.1}.arrow.F{stroke:#0072b2}.arrow.B{stroke:#d55e00}.cursor{display:none}
.lit{fill:none;stroke:#c2185b;stroke-width:2.2}.critical>path{fill:none;stroke:#c2185b;stroke-width:1.4;stroke-dasharray:2 4}
.title{font-size:15px;font-weight:700;fill:#16202c}`;

function download(name, type, text) {
    const url = URL.createObjectURL(new Blob([text], {type}));
    const link = el("a", {href: url, download: name});
    document.body.append(link);
    link.click();
    link.remove();
    /* The browser has read it when it comes back here. */
    setTimeout(() => URL.revokeObjectURL(url), 10000);
}

/* The picture by itself: a title, then all lanes. Any number of blocks. */
function svgText() {
    const {trace, at, show, title} = page.view;
    const inner = timelineMarkup(trace, at, "s", show);
    const head = `${title}: ${shapeWords(state)}, makespan ${number(trace.end)}`;
    return `<?xml version="1.0" encoding="UTF-8"?>\n` +
        `<svg xmlns="http://www.w3.org/2000/svg" width="${at.width}" height="${at.height + 30}" viewBox="0 0 ${at.width} ${at.height + 30}">` +
        `<style>${SVG_STYLE}</style><rect width="100%" height="100%" fill="#fff"/>` +
        `<text class="title" x="12" y="22">${escaped(head)}</text>` +
        inner.replace("<svg ", `<svg y="30" `) + "</svg>\n";
}

function fileName(ending) {
    return page.view.title.toLowerCase().replace(/[^a-z0-9]+/g, "-") +
        `-${state.ranks}x${state.microbatches}.${ending}`;
}

function csvText() {
    if (state.csv)
        return csvLong(state.csv);
    const made = engine.call(["make", ...planWords(state),
        ...(state.maxActivations ? ["--max-activations", state.maxActivations] : [])], null);
    return made.error ? "" : made.csv || planToCsv(made.plan);
}

async function copyLink() {
    history.replaceState(null, "", "#" + stateText(state));
    let said = "The link is in the address line.";
    try {
        await navigator.clipboard.writeText(location.href);
        said = "Link copied.";
    } catch (refused) {
        /* A browser may keep its clipboard; the address line has the link. */
    }
    speak(said);
    const button = $("share");
    button.textContent = said === "Link copied." ? "Copied" : "See address";
    setTimeout(() => { button.textContent = "Copy link"; }, 1800);
}

function themeSet(name) {
    document.documentElement.dataset.theme = name;
    try {
        localStorage.setItem("pipelab-theme", name);
    } catch (refused) {
        /* Without storage the choice lasts as long as the page. */
    }
    if (page.view)
        show();
}

function themeFirst() {
    let kept = "";
    try {
        kept = localStorage.getItem("pipelab-theme") || "";
    } catch (refused) {
        /* As above. */
    }
    const dark = matchMedia("(prefers-color-scheme: dark)");
    document.documentElement.dataset.theme = kept || (dark.matches ? "dark" : "light");
    if (!kept)
        dark.addEventListener("change", () => {
            document.documentElement.dataset.theme = dark.matches ? "dark" : "light";
        });
}
