import { type X25519Source } from './forge.js';
import { curvePrivate, publicRaw, x25519 } from './node-primitives.js';

/** Node's X25519, for the forge back end. */
export const nodeX25519: X25519Source = {
  shared: (privateRaw, publicBytes) => x25519(curvePrivate('x25519', privateRaw), publicBytes) ?? new Uint8Array(32),
  publicRaw: (privateRaw) => publicRaw('x25519', privateRaw),
};
