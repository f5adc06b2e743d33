/** Keys of nobody, as the documentation shows them; the private halves stand in the contract's worked example. */
export const IDENTITY_PEM = '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEArcFAEfgtHFbZVqpPnXPYhYNhpgYEhSXg0Ixjjcdd2Mc=\n-----END PUBLIC KEY-----\n';
export const ENCRYPTION_PEM = '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VuAyEAB6N8vBQgk8i3VdwbEOhss7hYt2HYlFvIiEMmeQ0AAAE=\n-----END PUBLIC KEY-----\n';
export const FINGERPRINT = '60ed0b151e1f088d443a953a5ccaebe7377b0df8b5ccd2228f0d49eb08ae9bc5';
export const WIRE_ID = 'mfrggzdfmztwq2lknnwg23tpoa';
export const DATE = '2026-11-20T10:00:00.000Z';
export const SIGNATURE = 'D/txI3SccorCMkJKWCUvxgvOeywMuAkNpo8fU1scdCnH+YlXCyUkJlSsEfC9/b4v6st7YbP2tS/aR+XloMZvDw==';
export const HPKE = 'HPKE-X25519+A256GCM';
export const SUITES = [HPKE, 'RSA-OAEP-256+A256GCM', 'RSA-OAEP+A256CBC-HS512'];
export const WRAPPED = 'JE/juWPomd0pW6/84kjTUw86mnR5ugYwAmgOv+etrUleWuon8WItVLElwIL2CTXTWQb9LVYBVmr8J2NLPkakYz7Dba5msyAB82oqa4yCnqI=';
export const SEALED = 'O7Eu2jwpjbXeJVl/VNkk8uF+eKJq2JU+2CGO5oLwu76QIeLzAJ0VLJEb8fJexoOpAnFBZnZ6+9jlvQ+wEk7Lihh4l84K/PILULorN9yoSpUbcEbyntWrlPAQYZ9p1uGJ';
