package org.stop4j.internal.report;

/** How the page of a report looks: on a wide and on a narrow screen, by day and by night, and on paper. */
final class ReportStyle {
    /** Colours: text at 4.5 : 1 or better on every ground that it stands on, bars at 3 : 1 or better. */
    static final String CSS = """
            :root{color-scheme:light dark;--paper:#fdfcfa;--ink:#1f2328;--muted:#59606a;--line:#dcdddc;
            --band:#f1efea;--done:#1f7a54;--failed:#b3261e;--interrupted:#8a5a00;--hung:#7a2e8e;
            --skipped:#59606a;--other:#59606a}
            @media screen and (prefers-color-scheme:dark){:root{--paper:#16181b;--ink:#e4e6e8;
            --muted:#a3aab3;--line:#3a3f45;--band:#212429;--done:#5cc796;--failed:#ff8a80;
            --interrupted:#e8b04a;--hung:#d39be8;--skipped:#a3aab3;--other:#a3aab3}}
            *{box-sizing:border-box}
            body{margin:0;background:var(--paper);color:var(--ink);
            font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Arial,sans-serif;
            font-variant-numeric:tabular-nums;-webkit-text-size-adjust:100%}
            main{max-width:64rem;margin:0 auto;padding:2.5rem 1.5rem 3rem}
            h1,h2,p,dl,dd,figure,ul,pre{margin:0}
            h1{font-size:1.75rem;line-height:1.25;font-weight:600;letter-spacing:-.01em;
            overflow-wrap:anywhere}
            h2{font-size:1rem;font-weight:600;margin:2.5rem 0 .75rem}
            .outcome{display:inline-block;margin-bottom:.75rem;padding:.1rem .6rem;border-radius:.25rem;
            color:var(--paper);font-size:.8125rem;font-weight:600;letter-spacing:.06em;max-width:100%;
            overflow-wrap:anywhere}
            dl{display:flex;flex-wrap:wrap;gap:.75rem 2.5rem;margin-top:1.25rem}
            dl div{min-width:0}
            dt{color:var(--muted);font-size:.8125rem}
            dd{overflow-wrap:anywhere}
            ul{padding-left:1.2em}
            li{overflow-wrap:anywhere}
            .note{color:var(--muted);font-size:.875rem;margin-bottom:.75rem}
            .lanes{display:grid;grid-template-columns:minmax(5.5rem,15rem) minmax(0,1fr) auto;
            column-gap:.75rem;font-size:.8125rem;line-height:1.75em}
            .lanes p{height:1.75em;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
            .lanes .phase{color:var(--muted);font-weight:600;font-size:.84615em;letter-spacing:.06em;
            height:2.06818em;line-height:2.3em}
            .lanes .times p{text-align:right}
            .names b{display:inline-block;width:1.3em}
            svg{display:block;overflow:hidden}
            .tick{font-size:.85em;fill:var(--muted)}
            .grid{stroke:var(--line)}
            .allowed{stroke:var(--ink);stroke-dasharray:1 3;stroke-width:1.5}
            .band{fill:var(--band)}
            .left{stroke:var(--muted);stroke-dasharray:2 3}
            .limit{stroke:var(--ink);stroke-width:1.5}
            .stripe{fill:var(--paper);fill-opacity:.5}
            rect.done{fill:var(--done)}rect.failed{fill:var(--failed)}
            rect.interrupted{fill:var(--interrupted)}rect.hung{fill:var(--hung)}
            rect.other{fill:var(--other)}
            rect.skipped{fill:var(--paper);stroke:var(--skipped);stroke-width:1.5;stroke-dasharray:3 2}
            b.done,td.done{color:var(--done)}b.failed,td.failed{color:var(--failed)}
            b.interrupted,td.interrupted{color:var(--interrupted)}b.hung,td.hung{color:var(--hung)}
            b.skipped,td.skipped{color:var(--skipped)}b.other,td.other{color:var(--other)}
            .outcome.done{background:var(--done)}.outcome.failed{background:var(--failed)}
            .outcome.hung{background:var(--hung)}.outcome.other{background:var(--other)}
            figcaption{margin-top:.75rem;color:var(--muted);font-size:.8125rem}
            .legend{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;padding:0;margin-bottom:.35rem;
            list-style:none}
            .legend svg{display:inline-block;vertical-align:-.1em;margin-right:.4em}
            .scroll{overflow-x:auto}
            table{width:100%;border-collapse:collapse;font-size:.875rem}
            th,td{padding:.35rem .75rem .35rem 0;text-align:left;vertical-align:top;font-weight:400;
            border-top:1px solid var(--line);white-space:nowrap}
            thead th{border-top:0;color:var(--muted);font-size:.8125rem}
            tbody th[scope=row]{min-width:7rem;white-space:normal;overflow-wrap:anywhere}
            th bdi{display:block;overflow:hidden}
            th[scope=rowgroup]{padding-top:1rem;color:var(--muted);font-weight:600;font-size:.6875rem;
            letter-spacing:.06em;white-space:normal;overflow-wrap:anywhere}
            .n{text-align:right}.n:last-child{padding-right:0}
            .more td{border-top:0;padding-top:0;white-space:normal;overflow-wrap:anywhere}
            .more p,.more pre{overflow:hidden;padding:.1rem 0 .1rem .75rem;border-left:2px solid var(--line)}
            .more p{white-space:pre-wrap}
            summary{color:var(--muted);cursor:pointer;padding:.1rem 0}
            pre{font:.8125rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;
            white-space:pre-wrap}
            footer{margin-top:2.5rem;padding-top:.75rem;border-top:1px solid var(--line);
            color:var(--muted);font-size:.8125rem}
            @media (max-width:40rem){main{padding:1.5rem 1rem 2rem}h1{font-size:1.375rem}
            .lanes{grid-template-columns:minmax(5.5rem,36%) minmax(0,1fr);column-gap:.5rem}
            .times,.odd{display:none}table{font-size:.8125rem}th,td{padding-right:.5rem}
            tbody th[scope=row]{min-width:5rem}}
            @media print{:root{color-scheme:light}main{max-width:none;padding:0}
            .lanes{font-size:.625rem}tr,figcaption,dl{break-inside:avoid}h2{break-after:avoid}
            .scroll{overflow:visible}details::details-content{content-visibility:visible;
            display:block}}
            """;

    private ReportStyle() {}
}
