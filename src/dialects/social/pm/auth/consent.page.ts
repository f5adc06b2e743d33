import { createHash } from 'node:crypto';

/** What the page shows and sends back. */
export interface ConsentPage {
  readonly clientName: string;
  /** where the browser goes afterwards */
  readonly redirectUri: string;
  /** sent back with the form, unchanged */
  readonly hidden: Readonly<Record<string, string>>;
  /** what went wrong the last time */
  readonly complaint?: string;
}

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:24rem;margin:10vh auto;padding:0 1rem;color:#222;background:#fff}
label{display:block;margin:1rem 0 .25rem}input{font:inherit;width:100%;box-sizing:border-box;padding:.5rem;border:1px solid #666;border-radius:4px}
button{font:inherit;padding:.5rem 1rem;margin:1.5rem .5rem 0 0;border:1px solid #1a5fb4;border-radius:4px;background:#fff;color:#1a5fb4}
button.yes{background:#1a5fb4;color:#fff}.complaint{color:#a51d2d}
@media (prefers-color-scheme:dark){body{color:#eee;background:#1e1e1e}input{color:#eee;background:#2a2a2a}.complaint{color:#ff938c}}`;
const STYLE_HASH = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;

/** @returns the page that asks a person whether an application may act for him. It needs no script. */
export function consentPage(page: ConsentPage): string {
  const hidden = Object.entries(page.hidden).map(([name, value]) => `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`);
  const complaint = page.complaint === undefined ? '' : `<p class="complaint" role="alert">${escape(page.complaint)}</p>`;
  return document(
    'Sign in',
    `<h1>Sign in</h1>
<p><strong>${escape(page.clientName)}</strong> wants to read and write messages in your name. Afterwards you go to <strong>${escape(placeOf(page.redirectUri))}</strong>.</p>
${complaint}<form method="post" action="?">
${hidden.join('\n')}
<label for="username">Username or e-mail address</label><input id="username" name="username" autocomplete="username" autocapitalize="none" required>
<label for="password">Password</label><input id="password" name="password" type="password" autocomplete="current-password" required>
<button class="yes" name="decision" value="allow">Sign in and allow</button>
<button name="decision" value="deny" formnovalidate>Refuse</button>
</form>`,
  );
}

/** @returns the page for requests whose application is not known, or whose address is not its own */
export function dismissalPage(text: string): string {
  return document('Not possible', `<h1>Not possible</h1>\n<p>${escape(text)}</p>`);
}

/**
 * The policy of these pages: nothing runs, nothing loads, and the form goes nowhere else.
 * @param redirectUri where the answer to the form may lead on to; browsers hold the policy against that too
 */
export function pagePolicy(redirectUri?: string): string {
  const onward = redirectUri === undefined ? '' : ` ${sourceOf(redirectUri)}`;
  return `default-src 'none'; style-src ${STYLE_HASH}; form-action 'self'${onward}; base-uri 'none'; frame-ancestors 'none'`;
}

function document(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><style>${STYLE}</style></head>
<body>
${body}
</body></html>
`;
}

function placeOf(uri: string): string {
  const url = new URL(uri);
  return url.host === '' ? url.protocol : url.host;
}

/** Applications on devices are reached by a scheme of their own. */
function sourceOf(uri: string): string {
  const url = new URL(uri);
  return url.protocol === 'http:' || url.protocol === 'https:' ? url.origin : url.protocol;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
}
