import { Module } from '@nestjs/common';
import { Passwords } from './passwords.js';
import { SecretBox } from './secret-box.js';
import { SealedBox } from './sealed-box.js';

/** Cryptography that takes injected randomness. Everything else here is pure and imported directly. */
@Module({ providers: [SealedBox, SecretBox, Passwords], exports: [SealedBox, SecretBox, Passwords] })
export class CryptoModule {}
