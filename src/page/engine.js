/* engine.js - the C code of src/api in a page or in node: words in, an object
 * out.
 *
 *   const engine = await pipelabEngine(bytes);    pipelab.wasm, or it gzipped
 *   engine.call(["simulate", "--ranks=4"]);       as src/api/pipelab.h has it
 *   engine.call(["check"], "0F0,0B0\n");          an error object is returned
 *   engine.text([...]);                           the JSON's text
 */
async function pipelabEngine(bytes) {
    let c = null;
    const said = (from, count) => {
        const view = new DataView(c.memory.buffer);
        let text = "", length = 0;
        for (let i = from; i < from + 8 * count; i += 8) {
            const size = view.getUint32(i + 4, true);
            text += new TextDecoder().decode(new Uint8Array(c.memory.buffer,
                view.getUint32(i, true), size));
            length += size;
        }
        return [text, length];
    };
    /* No files: C only says on stderr why it ends, which is lack of memory. */
    const wasi_snapshot_preview1 = {
        /* Of the time that a search may take. */
        clock_time_get(id, precision, at) {
            new DataView(c.memory.buffer).setBigUint64(at,
                BigInt(Math.round(performance.now() * 1e6)), true);
            return 0;
        },
        fd_close: () => 8,
        fd_read: () => 8,
        fd_seek: () => 70,
        fd_write(fd, from, count, written) {
            const [text, length] = said(from, count);
            console.error(text);
            new DataView(c.memory.buffer).setUint32(written, length, true);
            return 0;
        },
        proc_exit: status => { throw new Error("the engine ended: " + status); },
    };

    if (bytes[0] === 0x1f)
        bytes = await new Response(new Blob([bytes]).stream()
            .pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
    c = (await WebAssembly.instantiate(bytes, {wasi_snapshot_preview1}))
        .instance.exports;
    c._initialize();

    /* A text as C has it; the caller frees it. */
    const put = string => {
        const utf8 = new TextEncoder().encode(string + "\0");
        const at = c.pipelab_room(utf8.length);
        new Uint8Array(c.memory.buffer, at, utf8.length).set(utf8);
        return at;
    };
    const text = (words, csv) => {
        const texts = put(words.join("\0"));
        const table = csv === undefined || csv === null ? 0 : put(csv);
        const found = c.pipelab_call_words(words.length, texts, table);
        const memory = new Uint8Array(c.memory.buffer);
        const result = new TextDecoder().decode(
            memory.subarray(found, memory.indexOf(0, found)));
        for (const at of [texts, table, found])
            c.pipelab_free(at);
        return result;
    };
    return {text, call: (words, csv) => JSON.parse(text(words, csv))};
}

if (typeof module !== "undefined")
    module.exports = {pipelabEngine};
