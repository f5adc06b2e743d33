/** What opens a tag, a comment or a declaration in HTML: nothing else that begins with this sign does. */
const OPENS = /<(?=[A-Za-z/!?])/g;

/**
 * Makes a text inert where it is inserted as HTML, and leaves it as it is otherwise: the sign is
 * replaced exactly where it could open a tag. `1 < 2 & 3 > 2` comes back unchanged.
 *
 * Texts are shortened before this, never after.
 */
export function safeMarkup(text: string): string {
  return text.includes('<') ? text.replace(OPENS, '&lt;') : text;
}
