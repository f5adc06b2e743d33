/** The portable back end: node-forge alone. */
export { ForgeBackend, type X25519Source } from './backend/forge.js';
