import { createHash } from 'node:crypto';

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:36rem;margin:8vh auto;padding:0 1rem;color:#222;background:#fff}
dt{font-weight:600;margin-top:.75rem}dd{margin:0;overflow-wrap:anywhere}code{font-size:.9em}textarea{width:100%;box-sizing:border-box;font:14px/1.4 monospace}
@media (prefers-color-scheme:dark){body{color:#eee;background:#1e1e1e}textarea{color:#eee;background:#2a2a2a}}`;

// What stands behind the # of an address is never sent to any server: the card is read here, in the
// browser, and shown as text. Nothing is loaded and nothing is called.
const SCRIPT = `(() => {
  const shown = ['address', 'base_url', 'user_id', 'identity_fp', 'server_fp', 'algorithms', 'issued_at'];
  const say = (text) => { document.getElementById('state').textContent = text; };
  const fragment = location.hash.slice(1);
  if (!/^[A-Za-z0-9_-]{1,8192}$/.test(fragment)) return say('There is no card in this address.');
  let card;
  try {
    const binary = atob(fragment.replaceAll('-', '+').replaceAll('_', '/'));
    card = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(binary, (c) => c.charCodeAt(0))));
  } catch {
    return say('This is not a card.');
  }
  if (card === null || typeof card !== 'object' || card.v !== 1 || typeof card.token !== 'string') return say('This is not a card.');
  say('This card lets you write to somebody. Whoever has it can do the same: treat it like a key.');
  const list = document.getElementById('card');
  for (const name of shown) {
    if (card[name] === undefined) continue;
    const term = document.createElement('dt');
    term.textContent = name;
    const text = document.createElement('dd');
    text.textContent = Array.isArray(card[name]) ? card[name].join(', ') : String(card[name]);
    list.append(term, text);
  }
  document.getElementById('text').value = 'envelope:' + fragment;
  document.getElementById('use').hidden = false;
})();`;

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Nothing but this style and this script, and neither may talk to anybody. */
export const CARD_POLICY = `default-src 'none'; style-src ${hashOf(STYLE)}; script-src ${hashOf(SCRIPT)}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'`;

/** Shows the contact card that stands behind the # of its address; the same for everybody. */
export const CARD_PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">
<title>Contact card</title><style>${STYLE}</style></head>
<body>
<h1>Contact card</h1>
<p id="state">Your browser runs no scripts here, so the card cannot be shown.</p>
<dl id="card"></dl>
<div id="use" hidden><p>Give this to your client, for example to <code>envelope card add</code>:</p><textarea id="text" rows="6" readonly></textarea></div>
<script>${SCRIPT}</script>
</body></html>
`;
