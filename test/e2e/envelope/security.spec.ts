import { concat, encodeUtf8, generateKeyPair as _unused, NodeBackend, parsePublicKey, publicKeyFromSpki } from '@polypost/envelope/codec';
