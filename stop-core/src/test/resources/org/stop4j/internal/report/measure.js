// Lays pages out in frames of several widths and tells what a person would see of them. The pages
// themselves run no script: this one looks into them from outside.
'use strict';

function box(element) {
    const r = element.getBoundingClientRect();
    return {left: r.left, right: r.right, top: r.top, bottom: r.bottom};
}

function all(root, selector) {
    return Array.from(root.querySelectorAll(selector));
}

/** Whether the middle of this box shows the element, or something in it, and nothing above it. */
function seen(doc, element, r) {
    const top = doc.elementFromPoint((r.left + r.right) / 2, (r.top + r.bottom) / 2);
    return top !== null && element.contains(top);
}

function union(boxes) {
    return {
        left: Math.min(...boxes.map(b => b.left)), right: Math.max(...boxes.map(b => b.right)),
        top: Math.min(...boxes.map(b => b.top)), bottom: Math.max(...boxes.map(b => b.bottom)),
    };
}

function ground(win, element) {
    for (let e = element; e !== null; e = e.parentElement) {
        const colour = win.getComputedStyle(e).backgroundColor;
        if (colour !== 'rgba(0, 0, 0, 0)') {
            return colour;
        }
    }
    return 'none';
}

/** Every pair of colours that a text or a bar makes with what is behind it, once. */
function colours(doc, win, band) {
    const pairs = new Map();
    const add = (what, front, back, sample) => pairs.set(what + front + back, {what, front, back, sample});
    for (const element of all(doc.body, '*')) {
        const own = Array.from(element.childNodes).some(n => n.nodeType === 3 && n.data.trim() !== '');
        const svg = element.namespaceURI.endsWith('svg');
        if (own && element.getClientRects().length > 0 && !['title', 'desc'].includes(element.tagName)) {
            const style = win.getComputedStyle(element);
            add('text', svg ? style.fill : style.color, ground(win, element), element.textContent.slice(0, 30));
        }
    }
    for (const bar of all(doc, '.bar')) {
        const style = win.getComputedStyle(bar);
        const front = bar.classList.contains('skipped') ? style.stroke : style.fill;
        for (const back of [ground(win, bar), band]) {
            add('bar', front, back, bar.getAttribute('class'));
        }
    }
    return Array.from(pairs.values());
}

function measure(frame, name, width) {
    const doc = frame.contentDocument;
    const win = frame.contentWindow;
    all(doc, 'details').forEach(d => d.open = true);
    frame.style.height = doc.documentElement.scrollHeight + 50 + 'px';
    const plot = doc.querySelector('svg.plot');
    const band = doc.querySelector('.band');
    return {
        name, width,
        dark: win.matchMedia('(prefers-color-scheme: dark)').matches,
        layoutWidth: doc.documentElement.scrollWidth,
        plot: plot === null ? null : box(plot),
        lanes: all(doc, 'svg.plot > g').map(lane => {
            const bars = all(lane, '.bar');
            const r = union(bars.map(box));
            return Object.assign({seen: seen(doc, lane, box(bars[0]))}, r);
        }),
        names: all(doc, '.names p:not(.phase)').slice(1).map(p => {
            const r = box(p);
            const text = box(p.querySelector('bdi'));
            const inside = {left: text.left, right: Math.min(text.right, r.right), top: r.top, bottom: r.bottom};
            return Object.assign({seen: seen(doc, p, inside), text: p.textContent}, inside);
        }),
        rowLabels: all(doc, '.names p').map(box),
        ticks: all(doc, '.tick').filter(t => t.getClientRects().length > 0).map(box),
        rows: all(doc, 'tbody th[scope=row]').slice(0, 300).map(th => {
            const r = box(th.querySelector('bdi'));
            return Object.assign({seen: seen(doc, th, r)}, r);
        }),
        cells: all(doc, 'tbody td').slice(0, 1500).map(box),
        colours: colours(doc, win, band === null ? 'none' : win.getComputedStyle(band).fill),
    };
}

function show(name, html, width, done) {
    const frame = document.createElement('iframe');
    frame.style.width = width + 'px';
    frame.style.height = '800px';
    frame.style.border = '0';
    frame.srcdoc = html;
    frame.onload = () => done(frame);
    document.body.append(frame);
}

function decode(base64) {
    return new TextDecoder().decode(Uint8Array.from(atob(base64), c => c.charCodeAt(0)));
}

const results = [];

function put() {
    document.getElementById('result').textContent = JSON.stringify(results);
}

/** pages: name to base64 of the page. */
function run(pages, widths) {
    for (const [name, base64] of Object.entries(pages)) {
        for (const width of widths) {
            show(name, decode(base64), width, frame => {
                results.push(measure(frame, name, width));
                put();
            });
        }
    }
}

/** Whether a script that somebody has brought into the page runs there. */
function attack(pages) {
    for (const [name, base64] of Object.entries(pages)) {
        const html = decode(base64).replace('<main>', '<main><script>document.title = "ran"</scr' + 'ipt>');
        show(name, html, 1000, frame => {
            const style = frame.contentWindow.getComputedStyle(frame.contentDocument.body);
            results.push({name, ran: frame.contentDocument.title === 'ran', margin: style.margin});
            put();
        });
    }
}
