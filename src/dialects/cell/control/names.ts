/** Forms of names in a cell (CELL-28, 70, 71). Each bounds the length by itself. */
export const ROLE_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;
export const RELATION_NAME = /^[A-Za-z0-9+-][A-Za-z0-9_+:-]{0,127}$/;
export const ACCOUNT_NAME = /^[A-Za-z0-9][A-Za-z0-9_!$*=^`{|}~.@-]{0,127}$/;
export const BOX_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;
/** Printable, without blanks: it travels in a header. */
export const PASSWORD = /^[\x21-\x7e]{6,32}$/;
